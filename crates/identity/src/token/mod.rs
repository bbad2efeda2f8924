//! Access tokens: JWTs that are checked without the database.

mod keys;

use std::sync::Arc;

use jsonwebtoken::{Header, decode, decode_header, encode};
use kernel::{Actor, Env, Internal, Role, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use self::keys::Key;
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
    role: Role,
    iat: i64,
    exp: i64,
}

/// Which keys there are. With a key file: EdDSA, else HS256 with the secret.
pub(crate) struct TokenSettings<'a> {
    pub(crate) secret: &'a String,
    pub(crate) old_secrets: &'a [String],
    pub(crate) key_file: Option<&'a String>,
    pub(crate) old_key_files: &'a [String],
}

/// Makes and checks access tokens.
#[derive(Clone)]
pub(crate) struct Tokens {
    env: Env,
    signing: Arc<Key>,
    /// The one that signs, and those that did until lately.
    accepted: Arc<[Arc<Key>]>,
}

impl Tokens {
    /// # Errors
    /// A key file that cannot be read or holds no Ed25519 key.
    pub(crate) fn new(env: Env, settings: &TokenSettings<'_>) -> Result<Self, Internal> {
        let private =
            |path: &String| Key::private(&std::fs::read(path).map_err(Internal::new)?).map(Arc::new);
        let shared = |secret: &String| Arc::new(Key::shared(secret));
        let (signing, old) = match settings.key_file {
            Some(path) => {
                let old = settings.old_key_files.iter().map(private).collect::<Result<Vec<_>, _>>()?;
                (private(path)?, old)
            }
            None => (shared(settings.secret), settings.old_secrets.iter().map(shared).collect()),
        };
        let accepted = std::iter::once(signing.clone()).chain(old).collect();
        Ok(Self { env, signing, accepted })
    }

    /// A token of `actor` that works from `issued_at` on. The same for the same arguments.
    pub(crate) fn sign(
        &self,
        actor: Actor,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<String, Internal> {
        let mut header = Header::new(self.signing.algorithm);
        header.typ = Some(TYPE.into());
        header.kid = Some(self.signing.id.clone());
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: actor.user,
            sid: actor.session,
            role: actor.role,
            iat: issued_at.seconds(),
            exp: expires_at.seconds(),
        };
        encode(&header, &claims, &self.signing.signing).map_err(Internal::new)
    }

    /// Who the token speaks for, and until when.
    pub(crate) fn check(&self, token: &str) -> Result<(Actor, Timestamp), Error> {
        let header = decode_header(token).map_err(|_| Error::Unauthenticated)?;
        let named = self.accepted.iter().find(|key| header.kid.as_ref() == Some(&key.id));
        let key = named.filter(|_| header.typ.as_deref() == Some(TYPE)).ok_or(Error::Unauthenticated)?;
        let claims = decode::<Claims>(token, &key.checking, &key.validation);
        let claims = claims.map_err(|_| Error::Unauthenticated)?.claims;
        let expires_at =
            Timestamp::from_millis(claims.exp.saturating_mul(1_000)).ok_or(Error::Unauthenticated)?;
        if expires_at <= self.env.now() {
            return Err(Error::TokenExpired);
        }
        Ok((Actor { user: claims.sub, session: claims.sid, role: claims.role }, expires_at))
    }
}

impl std::fmt::Debug for Tokens {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("kid", &self.signing.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, EncodingKey};
    use kernel::{ManualClock, SystemEntropy};

    use super::*;

    const SECRET: &str = "a secret of at least thirty-two characters";
    const OTHER: &str = "another secret of more than thirty-two characters";

    fn tokens(secret: &str, old: &[&str]) -> (Tokens, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000).unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SystemEntropy));
        let (secret, old) = (secret.to_string(), old.iter().map(ToString::to_string).collect::<Vec<_>>());
        let settings =
            TokenSettings { secret: &secret, old_secrets: &old, key_file: None, old_key_files: &[] };
        (Tokens::new(env, &settings).unwrap(), clock)
    }

    fn actor() -> Actor {
        Actor { user: Env::system().id(), session: Env::system().id(), role: Role::Admin }
    }

    fn sign(tokens: &Tokens, actor: Actor) -> String {
        let now = tokens.env.now();
        tokens.sign(actor, now, now.plus(chrono::TimeDelta::seconds(60))).unwrap()
    }

    #[test]
    fn a_token_works_until_its_second_is_over() {
        let (tokens, clock) = tokens(SECRET, &[]);
        let actor = actor();
        let token = sign(&tokens, actor);
        assert_eq!(tokens.check(&token).unwrap().0, actor);
        clock.advance(chrono::TimeDelta::milliseconds(59_999));
        assert!(tokens.check(&token).is_ok());
        clock.advance(chrono::TimeDelta::milliseconds(1));
        assert!(matches!(tokens.check(&token), Err(Error::TokenExpired)));
    }

    #[test]
    fn an_old_secret_is_accepted_as_long_as_it_is_listed() {
        let (before, _) = tokens(SECRET, &[]);
        let token = sign(&before, actor());
        assert!(tokens(OTHER, &[SECRET]).0.check(&token).is_ok());
        assert!(tokens(OTHER, &[]).0.check(&token).is_err());
    }

    #[test]
    fn ed25519_signs_too_and_never_mixes_with_a_secret() {
        const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
            MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
            -----END PRIVATE KEY-----\n";
        let file =
            std::env::temp_dir().join(format!("guildhall-{}.pem", Env::system().id::<kernel::UserId>()));
        std::fs::write(&file, PEM).unwrap();
        let path = file.to_str().unwrap().to_string();
        let secret = SECRET.to_string();
        let settings =
            TokenSettings { secret: &secret, old_secrets: &[], key_file: Some(&path), old_key_files: &[] };
        let asymmetric = Tokens::new(Env::system(), &settings).unwrap();
        std::fs::remove_file(file).unwrap();
        let actor = actor();
        assert_eq!(asymmetric.check(&sign(&asymmetric, actor)).unwrap().0, actor);
        let (symmetric, _) = tokens(SECRET, &[]);
        assert!(asymmetric.check(&sign(&symmetric, actor)).is_err());
        assert!(symmetric.check(&sign(&asymmetric, actor)).is_err());
        // The public key is no secret: signing with it, as a shared one, is the classic forgery.
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.into());
        header.kid = Some(asymmetric.signing.id.clone());
        let now = asymmetric.env.now().seconds();
        let claims = serde_json::json!({"iss": ISSUER, "aud": AUDIENCE, "sub": actor.user, "sid": actor.session, "role": "user", "iat": now, "exp": now + 60});
        for public in [PEM.as_bytes(), asymmetric.signing.signing.as_bytes()] {
            let forged = encode(&header, &claims, &EncodingKey::from_secret(public)).unwrap();
            assert!(asymmetric.check(&forged).is_err());
        }
    }

    #[test]
    fn forged_tokens_are_refused() {
        let (tokens, _) = tokens(SECRET, &[]);
        let actor = actor();
        let good = sign(&tokens, actor);
        let (head, rest) = good.split_once('.').unwrap();
        let (body, _) = rest.split_once('.').unwrap();
        // {"alg":"none"}
        let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
        let (iat, exp) = (tokens.env.now().seconds(), tokens.env.now().seconds() + 60);
        let claims = serde_json::json!({"iss": ISSUER, "aud": AUDIENCE, "sub": actor.user, "sid": actor.session, "role": "user", "iat": iat, "exp": exp});
        let header = |change: &dyn Fn(&mut Header)| {
            let mut header = Header::new(Algorithm::HS256);
            header.typ = Some(TYPE.into());
            header.kid = Some(tokens.signing.id.clone());
            change(&mut header);
            header
        };
        let signed = |header: &Header, claims: &serde_json::Value| {
            encode(header, claims, &tokens.signing.signing).unwrap()
        };
        let with = |name: &str, value: &str| {
            let mut claims = claims.clone();
            claims[name] = value.into();
            claims
        };
        assert!(
            tokens.check(&signed(&header(&|_| ()), &claims)).is_ok(),
            "what follows differs in one thing"
        );
        for (what, bad) in [
            ("another key", sign(&self::tokens(OTHER, &[]).0, actor)),
            ("alg none", unsigned),
            ("type", signed(&header(&|h| h.typ = Some("JWT".into())), &claims)),
            ("no type", signed(&header(&|h| h.typ = None), &claims)),
            ("algorithm", signed(&header(&|h| h.alg = Algorithm::HS512), &claims)),
            ("no kid", signed(&header(&|h| h.kid = None), &claims)),
            ("a path as kid", signed(&header(&|h| h.kid = Some("../../dev/null".into())), &claims)),
            ("audience", signed(&header(&|_| ()), &with("aud", "another"))),
            ("issuer", signed(&header(&|_| ()), &with("iss", "another"))),
            ("role", signed(&header(&|_| ()), &with("role", "root"))),
            ("signature", format!("{head}.{body}.AAAA")),
            ("nothing", String::new()),
            ("no JSON", "a.b.c".into()),
        ] {
            assert!(matches!(tokens.check(&bad), Err(Error::Unauthenticated)), "{what}");
        }
        // The key that it brings along is not looked at.
        let foreign = header(&|h| h.jku = Some("https://attacker.example/keys".into()));
        let forged = encode(&foreign, &claims, &EncodingKey::from_secret(OTHER.as_bytes())).unwrap();
        assert!(tokens.check(&forged).is_err());
    }
}
