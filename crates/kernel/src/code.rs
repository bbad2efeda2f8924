//! The table of error codes: what a program reads in an answer, and the HTTP status that goes with it.

macro_rules! codes {
    ($($variant:ident = $name:literal, $status:literal, $meaning:literal;)+) => {
        /// What went wrong, for a program. One row of the table per code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status that an answer with this code has.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// What it means and what to do, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)+ }
            }
        }
    };
}

codes! {
    ValidationFailed = "VALIDATION_FAILED", 400, "The input is malformed or breaks a rule; `details` names each field and what it must be.";
    InvalidCode = "INVALID_CODE", 400, "A code or token that was sent or made is wrong, too old, used already, or was tried too often: get a new one.";
    Unauthenticated = "UNAUTHENTICATED", 401, "No valid token came with the call: log in and send `Authorization: Bearer <token>`.";
    TokenExpired = "TOKEN_EXPIRED", 401, "The token's time is over: log in again.";
    InvalidCredentials = "INVALID_CREDENTIALS", 401, "The account does not exist or the password is wrong.";
    TwoFactorRequired = "TWO_FACTOR_REQUIRED", 402, "The password is right and the account has a second factor: send the same again with a code; `details.method` says where it comes from (`totp`, `sms`).";
    AccountSuspended = "ACCOUNT_SUSPENDED", 403, "The account may not be used for now; `details.reason` says why. Ask those who run this installation.";
    EmailNotVerified = "EMAIL_NOT_VERIFIED", 403, "The password is right, but the account's e-mail address has to be confirmed first: `POST /api/auth/verify-email`.";
    InsufficientPermissions = "INSUFFICIENT_PERMISSIONS", 403, "The caller sees the place but lacks a permission; `details.permission` names it.";
    TimedOut = "TIMED_OUT", 403, "The caller may only look and read in this server for a time; `details.expiresAt` says until when.";
    RoleHierarchy = "ROLE_HIERARCHY", 403, "The other one stands as high as the caller, or higher: only whose highest role is lower can be acted on, and nobody acts on the owner.";
    Banned = "BANNED", 403, "The caller may not join this server; `details` says why and until when.";
    Blocked = "BLOCKED", 403, "The caller has blocked this person: unblock them first.";
    MessageBlocked = "MESSAGE_BLOCKED", 403, "A rule of the server (automod) does not let this message through; `details.reason` is what the server says of it, `details.timedOutUntil` until when the caller may not write because of it, if that is so. It was not stored.";
    Forbidden = "FORBIDDEN", 403, "The rules do not let this caller do this, whatever their permissions.";
    ResourceNotFound = "RESOURCE_NOT_FOUND", 404, "It does not exist, or the caller may not know that it does.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, "The path exists, but not for this method; the `Allow` header lists those that it has.";
    Conflict = "CONFLICT", 409, "The present state does not allow it; reload and try again.";
    Busy = "BUSY", 409, "Whoever is called is in another call: try again later.";
    UserExists = "USER_EXISTS", 409, "The e-mail address or the username is taken; `details` says which.";
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", 413, "The body is larger than 1 MiB.";
    QuotaExceeded = "QUOTA_EXCEEDED", 403, "The files of the caller, or of the server, take all the room that they may: delete some.";
    FileTooLarge = "FILE_TOO_LARGE", 413, "A file is larger than its kind may be, in bytes or in pixels; `details` says how large it may be.";
    InvalidFileType = "INVALID_FILE_TYPE", 415, "What is in the file may not be uploaded, or is not what it seems to be; its name does not matter.";
    RangeNotSatisfiable = "RANGE_NOT_SATISFIABLE", 416, "The file ends before the range that was asked for; `Content-Range` says how long it is.";
    RateLimited = "RATE_LIMITED", 429, "Too many commands or requests: wait and try again; `details.retryAfter` says after how many seconds, where that is known.";
    Internal = "INTERNAL", 500, "A fault of the server. Nothing was done by halves; report the `requestId`.";
    Unavailable = "UNAVAILABLE", 503, "A part is down or overloaded: try again in a few seconds.";
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.name())))
            .description(Some("What went wrong, for a program: a row of the table of error codes."))
            .into()
    }
}

impl utoipa::ToSchema for Code {
    fn name() -> std::borrow::Cow<'static, str> {
        "ErrorCode".into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn names_are_unique_upper_snake_and_statuses_are_errors() {
        let names = Code::ALL.iter().map(|code| code.name()).collect::<HashSet<_>>();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.name().bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{}", code.name());
            assert!((400..600).contains(&code.status()), "{}", code.name());
            assert!(code.meaning().ends_with('.'), "{}", code.name());
        }
    }
}
