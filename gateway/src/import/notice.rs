//! The lines that begin with `===`: what the server told, and in older logs also what people did.

use super::log::SkipReason;
use super::nick::Nick;

/// What a notice tells.
#[derive(Debug)]
pub(super) enum Notice<'a> {
    /// Something that is not imported, and who it is about.
    Skipped(SkipReason, Option<Nick>),
    /// Somebody has another nick from now on.
    Renamed {
        /// The nick that they had.
        from: Nick,
        /// The nick that they have.
        to: Nick,
    },
    /// Somebody's action, if its first word is a nick; else none of the notices that we know.
    Other(&'a str),
}

impl<'a> Notice<'a> {
    /// The notice in `text`, the line without its `===`.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.trim();
        if text.starts_with("mode/") {
            return Self::Skipped(SkipReason::Mode, None);
        }
        if is_topic(text) {
            return Self::Skipped(SkipReason::Topic, None);
        }
        if let Some((nick, skip)) = passage(text) {
            return Self::Skipped(skip, Some(nick));
        }
        if let Some((from, to)) = text.split_once(" is now known as ")
            && let (Some(from), Some(to)) = (Nick::parse(from), Nick::parse(to))
        {
            return Self::Renamed { from, to };
        }
        if let Some((nick, how)) = text.split_once(" was kicked ")
            && ["off #", "from #", "by "].iter().any(|start| how.starts_with(start))
            && let Some(nick) = Nick::parse(nick)
        {
            return Self::Skipped(SkipReason::Kick, Some(nick));
        }
        Self::Other(text)
    }
}

/// `..[topic/#channel:nick] : text`, `Topic for #channel: text`, `Topic (#channel): …` and
/// `nick changed the topic of #channel to: text`.
fn is_topic(text: &str) -> bool {
    ["..[topic/", "Topic for #", "Topic (#"].iter().any(|start| text.starts_with(start))
        || text.split_once(" changed the topic of #").is_some_and(|(nick, _)| Nick::parse(nick).is_some())
}

/// Who came or went: `nick [user@host]  has joined #channel`, and the same with `has left` and `has quit`.
fn passage(text: &str) -> Option<(Nick, SkipReason)> {
    text.match_indices(']').find_map(|(end, _)| {
        let (front, rest) = text.split_at_checked(end)?;
        let rest = rest.strip_prefix(']')?.trim_start();
        let skip = [
            ("has joined", SkipReason::Joined),
            ("has left", SkipReason::Left),
            ("has quit", SkipReason::Quit),
        ]
        .into_iter()
        .find_map(|(what, skip)| rest.starts_with(what).then_some(skip))?;
        // A nick may have brackets too: the last is the one of the address.
        let (nick, address) = front.rsplit_once(" [")?;
        Some((Nick::parse(nick)?, skip)).filter(|_| address.contains('@'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match Notice::parse(text) {
            Notice::Skipped(skip, nick) => {
                format!("{skip:?} {}", nick.as_ref().map_or("-", Nick::as_str))
            }
            Notice::Renamed { from, to } => format!("{} -> {}", from.as_str(), to.as_str()),
            Notice::Other(text) => text.to_string(),
        }
    }

    #[test]
    fn the_notices_of_the_server_are_known() {
        for (text, expected) in [
            ("ada [n=ada@example.org]  has joined #ubuntu", "Joined ada"),
            ("[B] olinho [n=b@201.67.184.74]  has joined #ubuntu", "Joined [B]olinho"),
            ("] [achm2] [ [n=a@b]  has joined #ubuntu", "Joined ][achm2]["),
            ("[set]  [n=g-unix@example.edu]  has left #ubuntu [\"x [y@z]  has quit]", "Left [set]"),
            ("ada [n=ada@example.org]  has quit [Read error: 104] ", "Quit ada"),
            ("mode/#ubuntu [+o ada]  by ChanServ", "Mode -"),
            ("..[topic/#ubuntu:ada] : Welcome", "Topic -"),
            ("Topic for #ubuntu: Welcome", "Topic -"),
            ("ada changed the topic of #ubuntu to: Welcome", "Topic -"),
            ("ada was kicked off #ubuntu by bob (bob)", "Kick ada"),
            ("server_ is now known as Bart] ", "server_ -> Bart]"),
            ("Bart]  is now known as _Bart_", "Bart] -> _Bart_"),
        ] {
            assert_eq!(told(text), expected);
        }
    }

    #[test]
    fn what_may_be_an_action_is_left_open() {
        for text in ["ada waves", "ada is now known as the queen", "ada was kicked by-the-way", "Topic: none"]
        {
            assert_eq!(told(text), text);
        }
    }
}
