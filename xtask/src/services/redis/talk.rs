//! Three words of Redis' protocol, so that we need no client.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::fail::{Context as _, Failure, Outcome};

/// How to reach a Redis on this machine.
#[derive(Debug)]
pub(crate) struct Access {
    pub(super) port: u16,
    pub(super) password: String,
}

impl Access {
    /// The address with the password.
    pub(crate) fn url(&self) -> String {
        format!("redis://:{}@127.0.0.1:{}/", self.password, self.port)
    }

    /// Waits until it answers us, which only a server with our password does.
    pub(super) fn wait_until_ready(&self, patience: Duration) -> Outcome {
        let since = Instant::now();
        loop {
            match self.ask("PING") {
                Ok(answer) if answer == "+PONG" => return Ok(()),
                last if since.elapsed() > patience => {
                    let told = last.unwrap_or_else(|failure| failure.to_string());
                    let port = self.port;
                    return Err(Failure::new(format!("no answer at 127.0.0.1:{port} ({told})")));
                }
                _ => sleep(Duration::from_millis(20)),
            }
        }
    }

    /// Ends the server.
    pub(super) fn shut_down(&self) -> Outcome {
        let answer = self.ask("SHUTDOWN NOSAVE")?;
        // It ends without an answer.
        if answer.is_empty() { Ok(()) } else { Err(Failure::new(format!("Redis does not stop: {answer}"))) }
    }

    /// Sends one command and returns the first line of its answer.
    fn ask(&self, command: &str) -> Outcome<String> {
        let doing = || format!("could not talk to Redis at 127.0.0.1:{}", self.port);
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).context(doing)?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).context(doing)?;
        let mut answers = BufReader::new(stream.try_clone().context(doing)?).lines();
        write!(stream, "AUTH {}\r\n", self.password).context(doing)?;
        // Waited for, because a server that ends takes the answers along that it has not sent.
        let welcome = answers.next().unwrap_or_else(|| Ok("it hung up".to_owned())).context(doing)?;
        if welcome != "+OK" {
            return Err(Failure::new(format!("{}: {welcome}", doing())));
        }
        write!(stream, "{command}\r\n").context(doing)?;
        answers.next().unwrap_or_else(|| Ok(String::new())).context(doing)
    }
}
