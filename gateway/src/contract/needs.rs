//! What a call or command needs, for programs and for people.
//!
//! `x-permissions` is a list: all of it is needed. An entry is a permission or a standing, or a list of which any one
//! will do.

use serde_json::Value;

/// Standings: what one can be instead of having a permission.
pub(super) const STANDINGS: [(&str, &str); 8] = [
    ("ADMIN", "to be an administrator of the installation"),
    ("MEMBER", "to be a member of the server"),
    ("OWNER", "to own the server"),
    ("PARTICIPANT", "to be in the conversation"),
    ("GROUP_ADMIN", "to be an admin of the group, or its owner"),
    ("GROUP_OWNER", "to own the group"),
    ("AUTHOR", "to be the message's author"),
    ("UPLOADER", "to have uploaded the file"),
];

/// The sentence that says it; `None` when nothing is said.
pub(super) fn sentence(needs: &Value) -> Option<String> {
    let needs = needs.as_array()?;
    if needs.is_empty() {
        return Some("Needs an account, and no permission.".into());
    }
    let needs = needs.iter().map(|need| match need {
        Value::Array(any) => any.iter().map(name).collect::<Vec<_>>().join(" or "),
        one => name(one),
    });
    Some(format!("Needs {}.", needs.collect::<Vec<_>>().join(" and ")))
}

fn name(need: &Value) -> String {
    let need = need.as_str().unwrap_or_default();
    match STANDINGS.iter().find(|(name, _)| *name == need) {
        Some((_, words)) => (*words).to_string(),
        None => format!("`{need}`"),
    }
}

/// The words of it that mean nothing.
#[cfg(test)]
pub(super) fn unknown(needs: &Value) -> Vec<&Value> {
    let all = needs.as_array().into_iter().flatten();
    let all = all.flat_map(|need| need.as_array().map_or(std::slice::from_ref(need), Vec::as_slice));
    let known = |need: &str| {
        kernel::Permissions::from_name(need).is_some() || STANDINGS.iter().any(|(name, _)| *name == need)
    };
    all.filter(|need| !need.as_str().is_some_and(known)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn needs_are_told_in_a_sentence() {
        let told = |needs| sentence(&needs).unwrap();
        assert_eq!(told(json!([])), "Needs an account, and no permission.");
        assert_eq!(
            told(json!(["VIEW_CHANNEL", ["AUTHOR", "MANAGE_MESSAGES"]])),
            "Needs `VIEW_CHANNEL` and to be the message's author or `MANAGE_MESSAGES`."
        );
        assert_eq!(sentence(&Value::Null), None);
        assert_eq!(unknown(&json!(["OWNER", ["FLY", 7]])), [&json!("FLY"), &json!(7)]);
    }
}
