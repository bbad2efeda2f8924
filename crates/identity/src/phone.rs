//! Phone numbers in the international form of E.164.

use std::fmt;

/// The shortest that is dialled internationally (Niue: a country code of 3 digits, a number of 4).
const MIN: usize = 7;
/// ITU-T E.164, 6.2.1.
const MAX: usize = 15;
/// What people write between groups of digits.
const SEPARATORS: [char; 6] = [' ', '\u{a0}', '-', '.', '(', ')'];

/// A phone number: `+`, then 7 to 15 digits of which the first is not 0.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// The number in `text`, which may have separators between its digits.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let must = "must be an international phone number: + and 7 to 15 digits";
        let text = text.trim();
        if text.len() > 2 * MAX + 2 {
            return Err(must);
        }
        let number = text.chars().filter(|c| !SEPARATORS.contains(c)).collect::<String>();
        let digits = number.strip_prefix('+').ok_or(must)?;
        let good = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if good && (MIN..=MAX).contains(&digits.len()) { Ok(Self(number)) } else { Err(must) }
    }

    /// As it is dialled: `+493012345678`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    /// Without the number: it is nobody else's business, logs included.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phone").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Phone;

    #[test]
    fn the_same_number_has_one_form() {
        for text in ["+493012345678", " +49 30 1234-5678", "+49 (30) 1234.5678", "+49\u{a0}3012345678"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+493012345678", "{text}");
        }
        assert!(Phone::parse("+6834000").is_ok());
    }

    #[test]
    fn what_cannot_be_dialled_from_abroad_is_none() {
        let long = format!("+{}", "1 ".repeat(30));
        for text in [
            "",
            "+",
            "030 1234567",
            "0049301234567",
            "+0301234567",
            "+123456",
            "+1234567890123456",
            "+49x1234567",
            "+٤٩٣٠١٢٣٤٥",
            "++4930123456",
            &long,
        ] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_number_gets_into_logs() {
        assert!(!format!("{:?}", Phone::parse("+493012345678").unwrap()).contains("4930"));
    }
}
