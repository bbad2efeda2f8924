//! Access tokens: JWTs that are checked without the database.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use kernel::{Actor, Env, Internal, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::Error;

const ISSUER: &str = "guildhall";
/// Beside the algorithm, what tells an access token from any other that the same key may sign one day.
const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "guildhall-api";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Makes and checks access tokens.
#[derive(Clone)]
pub(crate) struct Tokens {
    env: Env,
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(crate) fn new(env: Env, secret: &str) -> Self {
        // Pinned: what the token's own header asks for is never followed.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Compared by us, with our clock.
        validation.validate_exp = false;
        Self {
            env,
            signing: EncodingKey::from_secret(secret.as_bytes()),
            checking: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    pub(crate) fn sign(&self, actor: Actor, expires_at: Timestamp) -> Result<String, Internal> {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.into());
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: actor.user,
            sid: actor.session,
            iat: self.env.now().seconds(),
            exp: expires_at.seconds(),
        };
        encode(&header, &claims, &self.signing).map_err(Internal::new)
    }

    /// Who the token speaks for, and until when.
    pub(crate) fn check(&self, token: &str) -> Result<(Actor, Timestamp), Error> {
        let data =
            decode::<Claims>(token, &self.checking, &self.validation).map_err(|_| Error::Unauthenticated)?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return Err(Error::Unauthenticated);
        }
        let expires_at =
            Timestamp::from_millis(data.claims.exp.saturating_mul(1_000)).ok_or(Error::Unauthenticated)?;
        if expires_at <= self.env.now() {
            return Err(Error::TokenExpired);
        }
        Ok((Actor { user: data.claims.sub, session: data.claims.sid }, expires_at))
    }
}

impl std::fmt::Debug for Tokens {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::{ManualClock, SystemEntropy};

    use super::*;

    const SECRET: &str = "a secret of at least thirty-two characters";

    fn tokens(secret: &str) -> (Tokens, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000).unwrap()));
        (Tokens::new(Env::new(clock.clone(), Arc::new(SystemEntropy)), secret), clock)
    }

    fn actor() -> Actor {
        Actor { user: Env::system().id(), session: Env::system().id() }
    }

    #[test]
    fn a_token_works_until_its_second_is_over() {
        let (tokens, clock) = tokens(SECRET);
        let actor = actor();
        let token = tokens.sign(actor, tokens.env.now().plus(chrono::TimeDelta::seconds(60))).unwrap();
        assert_eq!(tokens.check(&token).unwrap().0, actor);
        clock.advance(chrono::TimeDelta::milliseconds(59_999));
        assert!(tokens.check(&token).is_ok());
        clock.advance(chrono::TimeDelta::milliseconds(1));
        assert!(matches!(tokens.check(&token), Err(Error::TokenExpired)));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let (tokens, _) = tokens(SECRET);
        let later = tokens.env.now().plus(chrono::TimeDelta::seconds(60));
        let good = tokens.sign(actor(), later).unwrap();
        let other_key =
            self::tokens("another secret of more than thirty-two characters").0.sign(actor(), later).unwrap();
        let (head, rest) = good.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        // {"alg":"none"}
        let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
        let claims = serde_json::json!({"iss": ISSUER, "aud": AUDIENCE, "sub": actor().user, "sid": actor().session, "iat": 0, "exp": later.seconds()});
        let wrong_type = encode(&Header::new(Algorithm::HS256), &claims, &tokens.signing).unwrap();
        let wrong_alg = encode(&Header::new(Algorithm::HS512), &claims, &tokens.signing).unwrap();
        for bad in [
            other_key,
            unsigned,
            wrong_type,
            wrong_alg,
            format!("{head}.{body}.AAAA"),
            String::new(),
            "a.b.c".into(),
        ] {
            assert!(matches!(tokens.check(&bad), Err(Error::Unauthenticated)), "{bad}");
        }
    }
}
