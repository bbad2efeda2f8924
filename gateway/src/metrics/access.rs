//! Who may read `GET /metrics` where everybody may call.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use kernel::Code;

use super::MetricsSettings;
use crate::http::ApiError;

/// Whether a caller who sends this token may read the figures.
///
/// # Errors
/// `RESOURCE_NOT_FOUND` when nobody may, here; `UNAUTHENTICATED` when it is not the token.
pub(crate) fn may_read(settings: &MetricsSettings, sent: Option<&str>) -> Result<(), ApiError> {
    let Some(token) = &settings.token else {
        let words =
            "figures are not served here: one of the settings metrics.token and metrics.listen allows it";
        return Err(ApiError::new(Code::ResourceNotFound, words));
    };
    // How long it takes says nothing of where they differ.
    let same = sent.is_some_and(|sent| verify_slices_are_equal(sent.as_bytes(), token.as_bytes()).is_ok());
    if same {
        return Ok(());
    }
    let words = "send the token of the setting metrics.token as Authorization: Bearer <token>";
    Err(ApiError::new(Code::Unauthenticated, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_without_the_very_token() {
        let token = "a token of thirty-two characters!";
        let with = |token: Option<&str>| MetricsSettings { token: token.map(Into::into), listen: None };
        let code = |settings: &MetricsSettings, sent| may_read(settings, sent).err().map(|error| error.code);
        for sent in [None, Some(""), Some(token)] {
            assert_eq!(code(&with(None), sent), Some(Code::ResourceNotFound));
        }
        let longer = format!("{token}x");
        for sent in [None, Some(""), Some("x"), Some(&token[1..]), Some(&longer)] {
            assert_eq!(code(&with(Some(token)), sent), Some(Code::Unauthenticated), "{sent:?}");
        }
        assert_eq!(code(&with(Some(token)), Some(token)), None);
    }
}
