//! What a file is, as people see it.

backbone::stored_enum! {
    /// What a file is. It is found in its content; its name does not matter.
    #[schema(as = AttachmentKind)]
    pub enum Kind {
        /// A picture.
        Image = "image",
        /// A video.
        Video = "video",
        /// A sound.
        Audio = "audio",
        /// Anything else.
        Document = "document",
    }
}

backbone::stored_enum! {
    /// What a file was sent as.
    #[derive(Default)]
    pub enum AttachmentPurpose {
        /// A file like any other.
        #[default]
        File = "file",
        /// A clip: it goes by itself after some time.
        Clip = "clip",
        /// A voice message.
        Voice = "voice",
    }
}

backbone::stored_enum! {
    /// What became of a video or sound after it was uploaded.
    pub enum Conversion {
        /// It will be looked at and converted.
        Pending = "pending",
        /// It was.
        Done = "done",
        /// It could not be: it is broken, or too much.
        Failed = "failed",
        /// Nothing on this server does that. The file is as it came.
        Unavailable = "unavailable",
    }
}

impl Kind {
    /// Several of them, in a sentence.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Image => "pictures",
            Self::Video => "videos",
            Self::Audio => "sounds",
            Self::Document => "documents",
        }
    }
}
