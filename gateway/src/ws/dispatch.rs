//! Doing what a client asks, one command at a time. A command does exactly what the HTTP call of the same meaning does.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::rc::Rc;
use std::sync::Arc;

use identity::input::StatusBody;
use identity::{Credential, Reach, Scope};
use kernel::{ChannelId, Code, Event, Fence, Grant, Internal, Invalid, Rev, Topic, can};
use messaging::input::{Content, EditBody, SendBody};
use moderation::input::{BanBody, KickBody, TimeoutBody, WarnBody};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::command::{Command, Frame, Target};
use super::friends;
use super::join::{self, TIMELINES_MAX};
use super::payload::{
    BanAck, ChannelLeft, DeleteAck, EmptyAck, MessageAck, Pong, Resumed, StatusAck, TimeoutAck, TokenAck,
    WarnAck,
};
use super::presence;
use super::session::{acknowledge, refuse};
use super::typing::{self, Typing};
use super::voice;
use super::{CloseReason, Outbox, Pulse};
use crate::actions;
use crate::actions::conversations::To;
use crate::actions::place;
use crate::actions::scheduled::SendOutcome;
use crate::http::{ApiError, State, covers};
use crate::hub::{Member, Shard};
use crate::metrics::CommandOutcome;

/// The executor of one session.
pub(super) struct Dispatch {
    state: State,
    shard: Shard,
    member: Arc<Member>,
    outbox: Rc<Outbox>,
    /// How far what the session was opened with reaches.
    reach: Reach,
    pulse: Rc<Pulse>,
    typing: Typing,
}

impl Dispatch {
    pub(super) fn new(
        state: State,
        shard: Shard,
        member: Arc<Member>,
        outbox: Rc<Outbox>,
        pulse: Rc<Pulse>,
        reach: Reach,
    ) -> Self {
        Self { state, shard, member, outbox, reach, pulse, typing: Typing::default() }
    }

    /// Executes commands until no more come or the session ends.
    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Box<Frame>>) {
        let outbox = Rc::clone(&self.outbox);
        while outbox.reason().is_none() && !outbox.is_leaving() {
            let typing_ends = self.typing.next_end();
            tokio::select! {
                biased;
                () = outbox.over() => break,
                frame = commands.recv() => match frame {
                    // Boxed: a session that says nothing has no room for it.
                    Some(frame) => Box::pin(self.answer(*frame)).await,
                    None => break,
                },
                () = until(typing_ends) => {
                    let over = self.typing.expired(Instant::now());
                    self.stopped(over);
                }
            }
        }
        let over = self.typing.clear();
        self.stopped(over);
        // Each command gets its answer, also those that the server has no time for any more.
        commands.close();
        while let Some(frame) = commands.recv().await {
            refuse(&outbox, frame.reference.as_deref(), &ApiError::stopping());
        }
        if outbox.is_leaving() {
            outbox.end(CloseReason::GoingAway);
        }
    }

    async fn answer(&mut self, frame: Frame) {
        let reference = frame.reference.as_deref();
        let (name, begun) = (frame.name, Instant::now());
        let done = match frame.command {
            Ok(command) => self.execute(command).await,
            Err(error) => Err(error),
        };
        let took = begun.elapsed();
        let outcome = match &done {
            Ok(_) => CommandOutcome::Done(took),
            Err(error) if error.code.status() < 500 => CommandOutcome::Refused(took),
            Err(_) => CommandOutcome::Failed(took),
        };
        self.outbox.traffic().command(name, outcome);
        match done {
            Ok(data) => acknowledge(&self.outbox, reference, &data),
            Err(error) => refuse(&self.outbox, reference, &error),
        }
    }

    /// Does what the command says; the result is what the client gets to know of it.
    async fn execute(&mut self, command: Command) -> Result<Value, ApiError> {
        covers(self.reach, command.due())?;
        match command {
            Command::Authenticate { token } => self.renew(&token).await,
            Command::Ping => {
                self.outbox.tell(&Pong {});
                Ok(json!(EmptyAck {}))
            }
            Command::Join { channels, since } => self.join(channels, since).await,
            Command::Leave { channel } => {
                self.leave(channel);
                Ok(json!(ChannelLeft { channel_id: channel }))
            }
            Command::Resume { timelines } => self.resume(timelines).await,
            Command::Send { channel, body } => self.send(channel, body).await,
            Command::SendDm { to, body } => self.send_dm(to, body).await,
            Command::Edit { message, body } => self.edit(message, body).await,
            Command::Delete { message } => {
                let user = self.member.user;
                self.state
                    .run(move |s| async move { actions::messages::delete(&s, user, message).await })
                    .await?;
                Ok(json!(DeleteAck { message_id: message }))
            }
            Command::Mark { message, mark } => mark.put(&self.state, self.member.user, message).await,
            Command::MarkRead { channel, seq } => {
                let user = self.member.user;
                let mark = self
                    .state
                    .run(move |s| async move { actions::messages::read(&s, user, channel, seq).await });
                Ok(json!(mark.await?))
            }
            Command::UpdateStatus { body } => self.update_status(body).await,
            Command::Kick { target, body } => self.kick(target, body).await,
            Command::Ban { target, body } => self.ban(target, body).await,
            Command::TimeOut { target, body } => self.time_out(target, body).await,
            Command::Warn { target, body } => self.warn(target, body).await,
            Command::WatchMembers(data) => presence::watch(&self.state, &self.member, data).await,
            Command::Friend(command) => friends::execute(&self.state, self.member.user, command).await,
            Command::Voice(command) => {
                voice::execute(&self.state, self.member.user, self.member.session(), command).await
            }
            Command::TypingStart { channel } => self.typing_start(channel).await,
            Command::TypingStop { channel } => {
                let over = self.typing.stop(channel).map(|fence| (channel, fence));
                self.stopped(over);
                Ok(json!(EmptyAck {}))
            }
        }
    }

    /// A newer token of the same account takes the place of the present one.
    async fn renew(&mut self, token: &str) -> Result<Value, ApiError> {
        let Credential { actor, reach, until } = self.state.authenticate(token).await?;
        covers(reach, Scope::Read)?;
        if actor.user != self.member.user {
            return Err(ApiError::new(
                Code::Forbidden,
                "this session belongs to somebody else: open another one",
            ));
        }
        self.member.renew(actor.session);
        // Revoked after the token was checked and before the hub knew that this socket holds it.
        if self.state.identity().is_revoked(actor.session) {
            self.outbox.end(CloseReason::Revoked);
        }
        self.reach = reach;
        self.pulse.renew(until);
        Ok(json!(TokenAck { expires_at: until }))
    }

    async fn join(&self, channels: Vec<ChannelId>, since: Option<Rev>) -> Result<Value, ApiError> {
        let single = channels.len() == 1;
        let outcome =
            self.listen(channels.into_iter().map(|channel| (channel, since)).collect(), true).await?;
        if single && outcome.joined.is_empty() {
            return Err(kernel::Denied::Hidden.into());
        }
        Ok(json!(outcome))
    }

    async fn resume(&self, timelines: BTreeMap<ChannelId, Rev>) -> Result<Value, ApiError> {
        let requests = timelines.into_iter().map(|(channel, rev)| (channel, Some(rev))).collect();
        let outcome = self.listen(requests, false).await?;
        let stands = outcome.joined.iter().map(|joined| (joined.channel_id, joined.head.rev));
        let resumed = Resumed { timelines: stands.collect(), gone: outcome.gone };
        self.outbox.tell(&resumed);
        Ok(json!(resumed))
    }

    async fn listen(
        &self,
        requests: HashMap<ChannelId, Option<Rev>>,
        announce: bool,
    ) -> Result<join::Outcome, ApiError> {
        if self.shard.timelines(self.member.key) + requests.len() > TIMELINES_MAX {
            let words = format!("a session may listen to {TIMELINES_MAX} channels: leave some first");
            return Err(ApiError::new(Code::Conflict, words));
        }
        join::join(&self.state, &self.shard, &self.member, &self.outbox, requests, announce).await
    }

    fn leave(&self, channel: ChannelId) {
        let topic = Topic::Timeline(channel.into());
        self.shard.leave(self.member.key, topic);
        self.outbox.tell(&ChannelLeft { channel_id: channel });
    }

    async fn send(&mut self, channel: ChannelId, body: SendBody) -> Result<Value, ApiError> {
        validator::Validate::validate(&body).map_err(Invalid::from)?;
        let user = self.member.user;
        let sent = self.state.run(move |s| async move {
            s.limits.message(user).await?;
            actions::scheduled::submit(&s, user, channel, body).await
        });
        self.sent(&sent.await?)
    }

    async fn send_dm(&mut self, to: To, body: SendBody) -> Result<Value, ApiError> {
        validator::Validate::validate(&body).map_err(Invalid::from)?;
        let user = self.member.user;
        let sent = self.state.run(move |s| async move {
            s.limits.message(user).await?;
            actions::conversations::submit(&s, user, to, body).await
        });
        self.sent(&sent.await?)
    }

    /// Who has sent the message types no more.
    fn sent(&mut self, sent: &SendOutcome) -> Result<Value, ApiError> {
        let place = sent.place().map(ChannelId::from);
        let over = place.and_then(|place| Some((place, self.typing.stop(place)?)));
        self.stopped(over);
        Ok(json!(sent))
    }

    async fn edit(&self, message: kernel::MessageId, body: EditBody) -> Result<Value, ApiError> {
        let (user, content) = (self.member.user, Content::parse(&body)?);
        let edited =
            self.state.run(move |s| async move { actions::messages::edit(&s, user, message, content).await });
        Ok(json!(MessageAck { message: edited.await? }))
    }

    async fn update_status(&self, body: StatusBody) -> Result<Value, ApiError> {
        let user = self.member.user;
        let user = self
            .state
            .run(move |s| async move { actions::presence::change_status(&s, user, body).await })
            .await?;
        Ok(json!(StatusAck { status: user.status, status_message: user.status_message }))
    }

    async fn kick(&self, target: Target, body: KickBody) -> Result<Value, ApiError> {
        let (user, Target { server_id, target_user_id }) = (self.member.user, target);
        let kick = self.state.run(move |s| async move {
            actions::servers::kick(&s, user, server_id, target_user_id, body).await
        });
        kick.await?;
        Ok(json!(EmptyAck {}))
    }

    async fn ban(&self, target: Target, body: BanBody) -> Result<Value, ApiError> {
        let (user, Target { server_id, target_user_id }) = (self.member.user, target);
        let ban = self.state.run(move |s| async move {
            actions::servers::ban(&s, user, server_id, target_user_id, body).await
        });
        Ok(json!(BanAck { ban: ban.await? }))
    }

    async fn time_out(&self, target: Target, body: TimeoutBody) -> Result<Value, ApiError> {
        let (user, Target { server_id, target_user_id }) = (self.member.user, target);
        let until = self
            .state
            .run(move |s| async move { s.moderation.time_out(user, server_id, target_user_id, body).await });
        Ok(json!(TimeoutAck { expires_at: until.await? }))
    }

    async fn warn(&self, target: Target, body: WarnBody) -> Result<Value, ApiError> {
        let (user, Target { server_id, target_user_id }) = (self.member.user, target);
        let warning = self
            .state
            .run(move |s| async move { s.moderation.warn(user, server_id, target_user_id, body).await });
        Ok(json!(WarnAck { warning: warning.await? }))
    }

    async fn typing_start(&mut self, channel: ChannelId) -> Result<Value, ApiError> {
        let user = self.member.user;
        let fence = self.state.run(move |s| async move {
            let may = |grant: &Grant| grant.require::<can::Send>().map(|allowed| place::fence(&allowed));
            place::prove(&s, user, channel.into(), may).await
        });
        let fence = fence.await?;
        if self.typing.start(channel, fence, Instant::now()) {
            self.publish(typing::started(user, &self.member.username(), channel, fence));
        }
        Ok(json!(EmptyAck {}))
    }

    fn stopped(&self, over: impl IntoIterator<Item = (ChannelId, Fence)>) {
        for (channel, fence) in over {
            self.publish(typing::stopped(self.member.user, channel, fence));
        }
    }

    fn publish(&self, event: Result<Event, Internal>) {
        if let Ok(event) = event {
            self.state.hub().publish(event);
        }
    }
}

/// Waits until then; without a moment, for ever. Boxed: few type, and who does not has no room for it.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => Box::pin(sleep_until(moment)).await,
        None => pending().await,
    }
}
