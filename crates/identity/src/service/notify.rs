//! Telling the owners of accounts what happened to them.

use backbone::jobs::JobError;
use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::Identity;
use crate::browser::{family, network};
use crate::jobs::NoticeLetter;
use crate::mail::letters::Notice;
use crate::store::{devices, users};
use crate::{Client, Error, User};

/// A place that an account was not used from for so long is new again.
const REMEMBERED: TimeDelta = TimeDelta::days(180);

impl Identity {
    /// That letters leave here.
    pub(super) fn require_mail(&self) -> Result<(), Error> {
        if self.mailer.is_configured() { Ok(()) } else { Err(Error::NoMail) }
    }

    /// Lets the owner of an account be told, in the transaction of what happened; call `jobs.wake()` after its commit.
    /// Only an address that was verified hears of what others can bring about: else it would be a way to pester people.
    /// That an account is suspended is told to any address.
    pub(crate) async fn notify(
        &self,
        tx: &mut AsyncPgConnection,
        user: &User,
        notice: Notice,
    ) -> Result<(), Error> {
        let due = user.email_verified_at.is_some() || matches!(notice, Notice::Suspended { .. });
        match &user.email {
            Some(email) if due && self.mailer.is_configured() => {
                Ok(self.jobs.add(tx, &NoticeLetter { to: email.clone(), notice }).await?)
            }
            _ => Ok(()),
        }
    }

    /// As [`Self::notify`], for the owner of an account that was not read.
    pub(super) async fn tell(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        notice: Notice,
    ) -> Result<(), Error> {
        match users::by_ids(tx, &[user]).await?.pop() {
            Some(user) => self.notify(tx, &user, notice).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn write_notice(self, job: NoticeLetter) -> Result<(), JobError> {
        self.mailer.send(&job.to, &job.notice.letter()).await
    }

    /// Remembers where an account is used from, in the transaction that opens the session.
    pub(super) async fn remember_device(
        &self,
        tx: &mut AsyncPgConnection,
        user: &User,
        client: &Client,
    ) -> Result<bool, Error> {
        let (family, network) = (family(client.device()), network(client.address()));
        let now = self.env.now();
        let place = (family.as_str(), network.as_str());
        Ok(devices::note(tx, user.id, place, now, now.plus(-REMEMBERED)).await?)
    }

    /// As [`Self::remember_device`], and tells the owner when the account was never used from there.
    pub(super) async fn watch_device(
        &self,
        tx: &mut AsyncPgConnection,
        user: &User,
        client: &Client,
    ) -> Result<(), Error> {
        if !self.remember_device(tx, user, client).await? {
            return Ok(());
        }
        let (browser, address) =
            (family(client.device()), client.address().map(|address| address.to_string()));
        self.notify(tx, user, Notice::NewDevice { at: self.env.now(), browser, address }).await
    }
}
