//! Parsed inputs: after `parse` they are valid.

use std::collections::BTreeSet;

use kernel::text::display_name;
use kernel::{Invalid, Patch, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::Accepts;
use crate::policy::{MEMBERS_MAX, NAME_MAX};

/// With whom.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OpenConversationBody)]
pub struct OpenBody {
    /// Somebody else.
    #[serde(alias = "recipientId")]
    pub user_id: UserId,
}

/// What is different for oneself: what is not said stays.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConversationSettingsBody)]
pub struct SettingsBody {
    /// Whether it stands above those that are not.
    #[schema(example = true)]
    pub is_pinned: Option<bool>,
    /// Whether one wants no notifications of it.
    #[schema(example = false)]
    pub is_muted: Option<bool>,
}

/// Who may write to one.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceptsBody {
    /// From whom messages are accepted, of those who have not written before.
    pub accept_from: Accepts,
}

/// A new group.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateGroupBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Engine room", min_length = 1, max_length = 100)]
    pub name: String,
    /// Who is in it beside oneself, up to 99.
    #[serde(default)]
    #[schema(max_items = 99)]
    pub member_ids: Vec<UserId>,
    /// Whether those who are added later read what was written before.
    #[serde(default)]
    pub shares_history: bool,
}

/// Changes of a group: what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateGroupBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "Engine room", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// `null`: no picture. Pictures cannot be uploaded yet.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = json!(null))]
    pub icon: Patch<String>,
    /// Whether those who are added from now on read what was written before.
    pub shares_history: Option<bool>,
}

/// Who is to be added.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "memberIds": ["01890a5d-ac96-774b-bcce-b302099a8057"] }))]
pub struct AddMembersBody {
    /// One person.
    pub user_id: Option<UserId>,
    /// Several, up to 99.
    #[serde(default)]
    #[schema(max_items = 99)]
    pub member_ids: Vec<UserId>,
}

/// Who is to be an admin, or no admin any more.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminBody {
    /// A member of the group.
    pub user_id: UserId,
    /// Whether they are to be one; unless said, they are.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub admin: bool,
}

/// Who is to own the group.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandOverBody {
    /// Another of its members.
    pub user_id: UserId,
}

const fn yes() -> bool {
    true
}

/// A group that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupDraft {
    pub(crate) name: String,
    pub(crate) members: Vec<UserId>,
    pub(crate) shares_history: bool,
}

/// Changes that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupUpdate {
    pub(crate) name: Option<String>,
    pub(crate) shares_history: Option<bool>,
}

impl GroupDraft {
    pub(crate) fn parse(body: CreateGroupBody, owner: UserId) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = name(&body.name, &mut invalid);
        let members = others(body.member_ids, owner, &mut invalid);
        invalid.into_result()?;
        Ok(Self { name, members, shares_history: body.shares_history })
    }
}

impl GroupUpdate {
    pub(crate) fn parse(body: UpdateGroupBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = body.name.map(|text| name(&text, &mut invalid));
        if matches!(body.icon, Patch::Set(_)) {
            invalid.add("icon", "must be null: pictures cannot be uploaded yet");
        }
        invalid.into_result()?;
        Ok(Self { name, shares_history: body.shares_history })
    }
}

impl AddMembersBody {
    /// Those who are named, each once.
    pub(crate) fn parse(self, adder: UserId) -> Result<Vec<UserId>, Invalid> {
        let mut invalid = Invalid::default();
        let named = self.member_ids.into_iter().chain(self.user_id).collect();
        let members = others(named, adder, &mut invalid);
        if members.is_empty() {
            invalid.add("memberIds", "must name somebody else");
        }
        invalid.into_result()?;
        Ok(members)
    }
}

fn name(text: &str, invalid: &mut Invalid) -> String {
    display_name(text, NAME_MAX).unwrap_or_else(|must| {
        invalid.add("name", must);
        String::new()
    })
}

/// Each once, without oneself, in one order for everybody.
fn others(ids: Vec<UserId>, own: UserId, invalid: &mut Invalid) -> Vec<UserId> {
    let others = ids.into_iter().filter(|id| *id != own).collect::<BTreeSet<_>>();
    if i32::try_from(others.len()).map_or(true, |count| count >= MEMBERS_MAX) {
        invalid.add("memberIds", format!("must be at most {}", MEMBERS_MAX - 1));
    }
    others.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn nobody_is_named_twice_and_oneself_not_at_all() {
        let env = Env::system();
        let [a, b]: [UserId; 2] = [env.id(), env.id()];
        let body = |ids: &[UserId]| CreateGroupBody {
            name: " x ".into(),
            member_ids: ids.into(),
            shares_history: false,
        };
        let draft = GroupDraft::parse(body(&[b, a, b]), a).unwrap();
        assert_eq!((draft.name.as_str(), draft.members), ("x", vec![b]));
        let many = (0..100).map(|_| env.id()).collect::<Vec<_>>();
        assert!(GroupDraft::parse(body(&many), a).unwrap_err().to_string().contains("memberIds"));
        let add = |ids: &[UserId]| AddMembersBody { user_id: None, member_ids: ids.into() }.parse(a);
        assert!(add(&[a]).is_err() && add(&[]).is_err());
        assert_eq!(add(&[a, b]), Ok(vec![b]));
    }

    #[test]
    fn every_broken_rule_is_named() {
        let body = serde_json::from_str(r#"{"name": " ", "icon": "x"}"#).unwrap();
        let told = GroupUpdate::parse(body).unwrap_err().to_string();
        assert!(told.contains("name must have 1 to 100") && told.contains("icon must be null"), "{told}");
    }
}
