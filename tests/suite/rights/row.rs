//! What a row of the table says.

use serde_json::Value;

use super::place::Place;

/// One call, and what each kind of caller is answered.
pub(super) struct Row {
    /// Method and path, as in the OpenAPI document.
    pub(super) call: &'static str,
    pub(super) answers: Answers,
    /// From `?` on.
    pub(super) query: &'static str,
    pub(super) body: Option<fn(&Place) -> Value>,
    /// Why it is as it is, where it is not as usual.
    pub(super) because: Option<&'static str>,
}

/// The statuses. Without a good token it is always 401, but for [`Answers::Open`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Answers {
    /// Public: everybody, with whatever token.
    Open(u16),
    /// About the caller alone: everybody with an account.
    Own(u16),
    /// About a place and what is in it.
    Place { stranger: u16, member: u16, owner: u16 },
    /// For administrators of the installation; everybody else is told 403.
    Admin(u16),
}

/// A public call, and why it is one.
pub(super) fn open(call: &'static str, status: u16, because: &'static str) -> Row {
    Row { because: Some(because), ..row(call, Answers::Open(status)) }
}

/// A call about the caller alone.
pub(super) fn own(call: &'static str, status: u16) -> Row {
    row(call, Answers::Own(status))
}

/// A call about a place: what a stranger, a member without any right of their own, and the owner are answered.
pub(super) fn place(call: &'static str, [stranger, member, owner]: [u16; 3]) -> Row {
    row(call, Answers::Place { stranger, member, owner })
}

/// A call for administrators.
pub(super) fn admin(call: &'static str, status: u16) -> Row {
    row(call, Answers::Admin(status))
}

fn row(call: &'static str, answers: Answers) -> Row {
    Row { call, answers, query: "", body: None, because: None }
}

impl Row {
    /// With this body.
    pub(super) fn body(self, body: fn(&Place) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With this query.
    pub(super) fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// Says why a status is not what one would think.
    pub(super) fn because(self, why: &'static str) -> Self {
        Self { because: Some(why), ..self }
    }

    /// What is wrong with the row itself: a refusal that is none of rights, or a call that nobody succeeds with, could
    /// hide that nobody asked for a right.
    pub(super) fn wrong(&self) -> Option<String> {
        let good = |status: u16| (200..300).contains(&status);
        let (refusals, successes) = match self.answers {
            Answers::Open(status) | Answers::Own(status) | Answers::Admin(status) => (vec![], vec![status]),
            Answers::Place { stranger, member, owner } => {
                (vec![stranger, member], vec![stranger, member, owner])
            }
        };
        let odd = refusals.iter().any(|status| !good(*status) && !matches!(status, 403 | 404));
        let fruitless = !successes.into_iter().any(good);
        ((odd || fruitless) && self.because.is_none()).then(|| {
            format!("{}: say `.because(…)`: nobody succeeds, or a refusal is not 403 or 404", self.call)
        })
    }
}
