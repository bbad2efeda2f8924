//! Neighbours with gardens.

use super::{Channel, Line, Server, ago, day, said};

pub(super) const SERVER: Server = Server {
    name: "Riverside allotments",
    description: "Plots 1 to 24, and the shed",
    owner: "mira",
    members: &["mira", "jonas", "sam", "ada"],
    channels: &[
        Channel { name: "general", topic: "", unread: 1, lines: GENERAL },
        Channel {
            name: "seeds-and-seedlings",
            topic: "To give, to swap, to ask for",
            unread: 4,
            lines: SEEDS,
        },
        Channel { name: "tool-shed", topic: "Who has what, and when it comes back", unread: 0, lines: SHED },
    ],
};

const GENERAL: &[Line] = &[
    said(
        day(3, 7, 30),
        "mira",
        "The water is on again. The tap at plot 9 drips, the bucket under it is everybody's.",
    ),
    said(day(3, 7, 48), "jonas", "Thank you! The tomatoes had begun to write letters."),
    said(day(2, 17, 20), "sam", "Something has eaten my lettuce. Only the hearts, very tidily, in a row.")
        .named("lettuce"),
    said(day(2, 17, 25), "mira", "Pigeons. They have taste and no conscience.").answering("lettuce"),
    said(
        day(2, 17, 31),
        "ada",
        "Two old CDs on a string, and turn them now and then. They learn quickly, so you must be quicker.",
    )
    .answering("lettuce"),
    said(day(2, 17, 33), "sam", "I knew that I kept those driver discs for something."),
    said(
        day(1, 8, 0),
        "mira",
        "Work morning on Sunday at nine: the path to the compost, and the gate. There are gloves for all, and soup after.",
    ),
    said(day(1, 8, 14), "jonas", "I bring the wheelbarrow with the good wheel."),
    said(day(1, 9, 2), "ada", "I come at ten, straight from the workshop, and I bring bread."),
    said(ago(2, 40), "sam", "The pigeons are looking at themselves in the CDs. I have made it worse."),
];

const SEEDS: &[Line] = &[
    said(
        day(4, 18, 0),
        "jonas",
        "I have runner beans for half the town: \"Painted Lady\", saved for six years now. Who wants some?",
    )
    .named("beans"),
    said(
        day(4, 18, 22),
        "mira",
        "Me, a handful. You get a courgette plant for it, as you cannot escape one anyway.",
    )
    .answering("beans"),
    said(day(4, 18, 30), "ada", "A dozen, please. The red and white ones?").answering("beans"),
    said(day(4, 18, 41), "jonas", "Those. A paper bag with your name is in the shed, second shelf."),
    said(day(2, 12, 12), "sam", "My seedlings are very long, very pale and lie down. Are they asleep?")
        .named("pale"),
    said(
        day(2, 12, 20),
        "mira",
        "They look for light. Sow again, nearer to the window, and cooler. It happens to everybody once.",
    )
    .answering("pale"),
    said(day(2, 12, 21), "sam", "Twice, to be exact."),
    said(ago(20, 5), "ada", "Has anybody got a late leek to spare? I want six, I would take four.")
        .named("leek"),
    said(ago(1, 30), "mira", "Ten in the blue tray at plot 3. Take six before the slugs hear of it.")
        .answering("leek"),
    said(ago(1, 12), "jonas", "I also have kale. Nobody ever asks for kale."),
    said(ago(1, 10), "sam", "What does one do with kale?"),
    said(ago(1, 4), "jonas", "One gives it to neighbours."),
];

const SHED: &[Line] = &[
    said(
        day(3, 16, 0),
        "mira",
        "The big shears are sharp again. Please wipe them dry, they are older than the shed.",
    ),
    said(day(2, 9, 10), "ada", "I have the long ladder until Thursday, for the cherries.").named("ladder"),
    said(day(2, 9, 30), "jonas", "May I have it after you? The gutter has a small forest.")
        .answering("ladder"),
    said(day(2, 9, 31), "ada", "It stands behind plot 12 from Thursday noon."),
    said(
        day(1, 15, 45),
        "sam",
        "The padlock's number has not changed, has it? I have stood here for a while.",
    ),
    said(
        day(1, 15, 47),
        "mira",
        "It has not. Turn it all the way round first, then pull as if you did not mean to.",
    ),
    said(day(1, 15, 49), "sam", "It is open. I did not mean to."),
];
