//! Reading and replacing the rules.

use std::collections::{HashMap, HashSet};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action as Act, Entry};
use guilds::{LockedGuild, locked};
use kernel::{AutomodRuleId, ChannelId, Event, GuildId, Internal, Invalid, Permissions, RoleId, UserId};
use serde_json::{Value, json};

use crate::Error;
use crate::automod::{Rule, Trigger};
use crate::input::automod::{AutomodBody, EXEMPT_MAX, RuleDraft, rules as parse};
use crate::service::Moderation;
use crate::store::automod;

/// Words or domains that the audit log shows of what was added, and of what was removed.
const SHOWN: usize = 20;

/// What rules may name.
struct Known {
    roles: HashSet<RoleId>,
    /// The channels that whoever changes the rules sees.
    channels: HashSet<ChannelId>,
}

impl Moderation {
    /// The rules of automod, with those of the exempt channels that `actor` sees.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`Permissions::MANAGE_SERVER`]; [`Error::Database`].
    pub async fn automod(&self, actor: UserId, guild: GuildId) -> Result<Vec<Rule>, Error> {
        let seen = self.seen(actor, guild).await?;
        let mut conn = self.pool.get().await?;
        locked::require(&mut conn, &self.env, guild, actor, Permissions::MANAGE_SERVER).await?;
        Ok(automod::of(&mut conn, guild).await?.into_iter().map(|rule| as_seen(rule, &seen)).collect())
    }

    /// Gives the server these rules and no others. What is written once this returns, on whatever gateway, was compared with
    /// them. Exempt channels that the actor does not see stay with their rule.
    ///
    /// # Errors
    /// [`Error::Invalid`], also when a rule names what the server does not have; [`Error::Guild`]: no such guild, no
    /// [`Permissions::MANAGE_SERVER`]; [`Error::Database`].
    pub async fn set_automod(
        &self,
        actor: UserId,
        guild: GuildId,
        body: AutomodBody,
    ) -> Result<Vec<Rule>, Error> {
        let drafts = parse(body)?;
        let seen = self.seen(actor, guild).await?;
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| self.set_automod_in(tx, actor, guild, drafts, &seen).await);
        let (rules, event) = done.await?;
        self.publish([event]);
        Ok(rules.into_iter().map(|rule| as_seen(rule, &seen)).collect())
    }

    async fn set_automod_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        guild: GuildId,
        drafts: Vec<RuleDraft>,
        seen: &HashSet<ChannelId>,
    ) -> Result<(Vec<Rule>, Event), Error> {
        // The version is raised: what was let through by the old rules and is not written yet is looked at again.
        let locked = LockedGuild::open(tx, &self.env, guild, actor, Permissions::MANAGE_SERVER).await?;
        let before = automod::of(tx, guild).await?;
        let known = Known { roles: locked.roles(tx).await?.into_iter().collect(), channels: seen.clone() };
        let after = self.settle(drafts, &before, &known)?;
        if after != before {
            let stored = serde_json::to_value(&after).map_err(Internal::new)?;
            automod::put(tx, guild, stored, locked.now()).await?;
            let (was, is) = difference(&before, &after);
            let entry = Entry::new(guild, actor, Act::AutomodUpdate).from(was).to(is);
            audit::record(tx, &self.env, [entry]).await?;
        }
        Ok((after, locked.ring()))
    }

    /// The rules that the drafts become, beside those that there are.
    fn settle(&self, drafts: Vec<RuleDraft>, before: &[Rule], known: &Known) -> Result<Vec<Rule>, Invalid> {
        let mut invalid = Invalid::default();
        let mut rules = Vec::with_capacity(drafts.len());
        for (place, draft) in drafts.into_iter().enumerate() {
            let at = |field: &str| format!("rules[{place}].{field}");
            let old = draft.id.and_then(|id| before.iter().find(|rule| rule.id == id));
            if draft.id.is_some() && old.is_none() {
                invalid.add(at("id"), "must be that of a rule of this server");
            }
            for (number, _) in
                draft.exempt_roles.iter().enumerate().filter(|(_, role)| !known.roles.contains(role))
            {
                invalid.add(
                    at(&format!("exemptRoles[{number}]")),
                    "must be a role of this server, not @everyone",
                );
            }
            let unseen = |channel: &ChannelId| !known.channels.contains(channel);
            for (number, _) in draft.exempt_channels.iter().enumerate().filter(|(_, channel)| unseen(channel))
            {
                invalid.add(
                    at(&format!("exemptChannels[{number}]")),
                    "must be a channel of this server that you see",
                );
            }
            let kept = old.into_iter().flat_map(|rule| &rule.exempt_channels).copied().filter(unseen);
            // What nobody sees any more is gone: so much room there is.
            let exempt_channels =
                draft.exempt_channels.iter().copied().chain(kept.take(EXEMPT_MAX)).collect();
            rules.push(Rule {
                id: draft.id.unwrap_or_else(|| self.env.id()),
                name: draft.name,
                enabled: draft.enabled,
                trigger: draft.trigger,
                action: draft.action,
                message: draft.message,
                exempt_roles: draft.exempt_roles,
                exempt_channels,
            });
        }
        invalid.into_result()?;
        Ok(rules)
    }

    /// The channels of the guild that somebody sees; none, when they are no member.
    async fn seen(&self, user: UserId, guild: GuildId) -> Result<HashSet<ChannelId>, Error> {
        let (_, mut visible) = self.guilds.viewers(guild, &[user]).await?;
        Ok(visible.remove(&user).map(|seen| seen.channels().collect()).unwrap_or_default())
    }
}

fn as_seen(rule: Rule, seen: &HashSet<ChannelId>) -> Rule {
    let mut rule = rule;
    rule.exempt_channels.retain(|channel| seen.contains(channel));
    rule
}

/// What the audit log shows: of the rules that are not the same, what they were and what they are. Of long lists what was
/// removed and what was added, and how many there were and are. Not the exempt channels, for who reads it may not see
/// them.
fn difference(before: &[Rule], after: &[Rule]) -> (Value, Value) {
    let by_id = |rules: &[Rule]| -> HashMap<AutomodRuleId, Rule> {
        rules.iter().map(|rule| (rule.id, rule.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let changed = |rules: &[Rule], others: &HashMap<AutomodRuleId, Rule>| {
        let changed = rules.iter().filter(|rule| others.get(&rule.id) != Some(*rule));
        let shown = changed.map(|rule| shown(rule, others.get(&rule.id)));
        json!({ "rules": shown.collect::<Vec<_>>() })
    };
    (changed(before, &new), changed(after, &old))
}

fn shown(rule: &Rule, other: Option<&Rule>) -> Value {
    let mut value = json!(rule);
    let Some(fields) = value.as_object_mut() else { return value };
    fields.shift_remove("exemptChannels");
    if let Some((name, own)) = list(rule) {
        let others = other.and_then(list).map(|(_, list)| list.iter().collect::<HashSet<_>>());
        let others = others.unwrap_or_default();
        let only = own.iter().filter(|text| !others.contains(text)).take(SHOWN).collect::<Vec<_>>();
        fields.insert(name.into(), json!({ "count": own.len(), "only": only }));
    }
    value
}

/// The list that a rule may have.
fn list(rule: &Rule) -> Option<(&'static str, &Vec<String>)> {
    match &rule.trigger {
        Trigger::Words { words } => Some(("words", words)),
        Trigger::Links { domains, .. } => Some(("domains", domains)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;
    use crate::automod::Action;

    fn rule(words: &[&str]) -> Rule {
        let env = Env::system();
        Rule {
            id: env.id(),
            name: "x".into(),
            enabled: true,
            trigger: Trigger::Words { words: words.iter().map(ToString::to_string).collect() },
            action: Action::Block,
            message: None,
            exempt_roles: vec![],
            exempt_channels: vec![env.id()],
        }
    }

    #[test]
    fn the_log_shows_what_changed_and_no_channels() {
        let (kept, gone) = (rule(&["a"]), rule(&["b"]));
        let changed = rule(&["c", "d"]);
        let mut now = changed.clone();
        now.trigger = Trigger::Words { words: vec!["d".into(), "e".into()] };
        let (was, is) = difference(&[kept.clone(), gone.clone(), changed], &[kept, now]);
        assert_eq!(was["rules"].as_array().unwrap().len(), 2);
        assert_eq!(was["rules"][0]["id"], json!(gone.id));
        assert_eq!(was["rules"][1]["words"], json!({ "count": 2, "only": ["c"] }));
        assert_eq!(is["rules"][0]["words"], json!({ "count": 2, "only": ["e"] }));
        assert!(!is.to_string().contains("exemptChannels"));
    }
}
