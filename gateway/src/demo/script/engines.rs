//! A club that restores calculating machines.

use super::{Channel, Line, Server, ago, day, said};

pub(super) const SERVER: Server = Server {
    name: "Analytical engines",
    description: "Cogs, cards and computation",
    owner: "ada",
    members: &["ada", "charles", "mira", "jonas", "yuki", "sam"],
    channels: &[
        Channel { name: "general", topic: "", unread: 3, lines: GENERAL },
        Channel {
            name: "workshop",
            topic: "What is on the bench, and what fell off it",
            unread: 2,
            lines: WORKSHOP,
        },
        Channel {
            name: "reading-group",
            topic: "Thursdays at seven, one chapter at a time",
            unread: 0,
            lines: READING,
        },
    ],
};

const GENERAL: &[Line] = &[
    said(day(4, 17, 2), "ada", "Welcome, everybody. This is where we talk about everything that has no channel of its own."),
    said(day(4, 17, 4), "ada", "The workshop is open on Tuesdays and Saturdays from ten. Whoever comes first puts the kettle on."),
    said(day(4, 17, 31), "sam", "Hello from the newest member! I brought home a 1952 comptometer from a flea market and have no idea what I am doing.").named("sam"),
    said(day(4, 17, 36), "mira", "That is how all of us began. Which model?").answering("sam"),
    said(day(4, 17, 38), "sam", "The plate says Model J, ten columns. Two keys stick and one is missing."),
    said(day(4, 17, 45), "charles", "A J! Lovely machine. Do not oil the keys, whatever the internet says. Dry graphite, very little."),
    said(day(4, 18, 10), "yuki", "こんばんは! I have a spare keytop in cream, left over from my own. It is yours if it fits.").named("keytop"),
    said(day(4, 18, 12), "sam", "You are far too kind. I will bring it on Saturday and we can try.").answering("keytop"),
    said(day(3, 9, 15), "jonas", "The museum has answered. They lend us the difference engine for the open day!").named("museum"),
    said(day(3, 9, 16), "jonas", "Conditions: nobody turns the handle but us, and it must be back by Monday noon."),
    said(day(3, 9, 20), "ada", "Jonas, you are a magician.").answering("museum"),
    said(day(3, 9, 41), "charles", "How heavy is it, and has anybody thought about the stairs?"),
    said(day(3, 9, 44), "jonas", "310 kg. And yes, I have thought about the stairs, mostly at night."),
    said(day(3, 10, 2), "mira", "My cousin moves pianos. I ask him."),
    said(day(3, 19, 30), "mira", "He laughed, then he said yes. Friday, four o'clock, two men and a ramp. He would like cake."),
    said(day(2, 8, 5), "yuki", "I can bake. Walnut or lemon?").named("cake"),
    said(day(2, 8, 7), "charles", "Walnut.").answering("cake"),
    said(day(2, 8, 7), "sam", "Lemon!").answering("cake"),
    said(day(2, 8, 30), "yuki", "Both, then. It is a heavy machine."),
    said(day(1, 16, 12), "ada", "The plan for the open day:\n\n10:00  doors, coffee\n11:00  Charles on how carrying a one was the hard part\n13:00  the engine runs, weather and bearings permitting\n15:00  questions, repairs, cake").named("plan"),
    said(day(1, 16, 20), "charles", "May I have forty minutes? Carrying is a serious matter.").answering("plan"),
    said(day(1, 16, 21), "ada", "You may have thirty and the good pointer."),
    said(ago(3, 10), "sam", "Wrong channel, sorry").then_deleted(),
    said(ago(3, 5), "jonas", "Posters are printed: fifty of them, in the tray beside the door. Please take some with you today.")
        .then_edited("Posters are printed: fifty of them, in the tray beside the door. Please take some with you on Saturday."),
    said(ago(1, 40), "mira", "I can put ten up along the river, and two at the baker's."),
    said(ago(0, 52), "yuki", "The lemon one did not survive the night. There will be another."),
    said(ago(0, 24), "ada", "I saw nothing, and I have no crumbs on my sleeve."),
];

const WORKSHOP: &[Line] = &[
    said(day(3, 13, 0), "charles", "On the bench: the carry shaft of the small adding machine. It skips from 9 to 1 about once in forty turns.").named("skips"),
    said(day(3, 13, 9), "mira", "Once in forty sounds like one bad tooth out of forty.").answering("skips"),
    said(day(3, 13, 12), "charles", "The wheel has twenty."),
    said(day(3, 13, 13), "mira", "Then a bad tooth that is only half bad."),
    said(day(3, 14, 50), "charles", "Found it. It is not the tooth, it is the spring behind the pawl: 0.2 mm too short, and somebody has bent it to make up for that. In 1931, by the look of it.").named("spring"),
    said(day(3, 14, 58), "ada", "Can we wind a new one?").answering("spring"),
    said(day(3, 15, 4), "charles", "We can wind ten and throw nine away, as always."),
    said(day(2, 10, 30), "sam", "First Saturday report: both sticking keys are free. Graphite and patience. And Yuki's keytop fits as if it were made for it."),
    said(day(2, 10, 33), "yuki", "It was made for it, only for its neighbour."),
    said(day(2, 11, 15), "jonas", "Does anybody have the 5.5 mm socket? It has been on its own journey since March.").named("socket"),
    said(day(2, 11, 40), "sam", "There is one in the biscuit tin. Do not ask me why I looked there.").answering("socket"),
    said(day(2, 11, 41), "jonas", "I never ask anybody about the biscuit tin."),
    said(day(1, 12, 5), "mira", "I wrote down the card format of the little loom, so that we can punch our own:\n\n    row 1-8   warp threads, hole = up\n    row 9     end of pattern\n    column    one throw of the shuttle\n\nTwelve columns a card, cards laced top to bottom.").named("cards"),
    said(day(1, 12, 20), "ada", "Rows are bits and columns are time. I feel strangely at home.").answering("cards"),
    said(day(1, 12, 31), "yuki", "Could row 9 jump back instead of ending? Then it is a loop, in both senses.").answering("cards"),
    said(day(1, 12, 33), "mira", "That is either a dreadful pun or a very good idea."),
    said(day(1, 12, 34), "yuki", "Yes."),
    said(ago(5, 30), "charles", "New spring is in. 400 turns, no skip.").then_edited("New spring is in. 1,000 turns, no skip. My arm reports otherwise."),
    said(ago(5, 2), "ada", "A thousand! Somebody give this man a motor."),
    said(ago(4, 55), "charles", "Never. A machine that nobody turns is furniture."),
    said(ago(2, 15), "jonas", "The ramp for Friday is in the yard, under the green sheet. It is rated for 500 kg, so the engine and one of us may use it at once."),
    said(ago(2, 1), "sam", "I volunteer to be the one who watches from the side."),
];

const READING: &[Line] = &[
    said(day(4, 12, 0), "yuki", "This week: the notes to the translation, A to C. They are short; read them twice.").named("notes"),
    said(day(4, 20, 40), "sam", "I read them twice and understood them half. Is that a good rate?").answering("notes"),
    said(day(4, 20, 52), "mira", "For Note B it is excellent."),
    said(day(3, 21, 5), "ada", "What I like is how often she says what the machine does not do. \"It has no pretensions to originate anything.\" Half of the note is drawing that line.").named("line"),
    said(day(3, 21, 17), "jonas", "And two pages on she writes that it might compose music, if one knew the rules of harmony well enough. She draws the line and then leans over it.").answering("line"),
    said(day(3, 21, 20), "ada", "Leaning over lines is what footnotes are for."),
    said(day(2, 18, 45), "charles", "Could somebody explain why the variable cards and the operation cards are separate? I have built the thing in brass and I still cannot say it in words.").named("why"),
    said(day(2, 19, 3), "yuki", "What to do and what to do it with. If they were one card you would need a new card for every pair. Apart, a short list of operations goes over any column of numbers.").answering("why"),
    said(day(2, 19, 6), "charles", "Thank you. I shall have that engraved."),
    said(day(1, 19, 2), "yuki", "Next Thursday: Note G, with pencil and paper. We compute the first three by hand and see who finds the misprint."),
    said(day(1, 19, 10), "sam", "There is a misprint?!"),
    said(day(1, 19, 11), "mira", "There is. It is the oldest bug report I know of."),
];
