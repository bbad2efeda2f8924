//! `guildhall media`: whether what is written down of files and what is kept of them are the same.

use clap::Subcommand;
use media::Checked;

use crate::actions;
use crate::services::Services;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Verb {
    /// Compare the files in the store with those in the database, and tell each difference. Gateways may run meanwhile
    Check {
        /// Remove files that no row belongs to, and rows whose files are not there
        #[arg(long)]
        fix: bool,
    },
}

pub(super) async fn run(services: &Services, verb: Verb) -> Result<(), String> {
    let Verb::Check { fix } = verb;
    let checked = actions::media::check(services, fix, |finding| println!("{finding}")).await;
    let checked = checked.map_err(|error| error.message)?;
    let Checked { objects, rows, orphans, broken } = checked;
    println!("looked at {objects} objects of the store and {rows} rows of the database");
    match (checked.is_clean(), fix) {
        (true, _) => println!("nothing is wrong"),
        (false, true) => {
            println!("removed {orphans} objects without a row and {broken} rows without their bytes")
        }
        (false, false) => {
            return Err(format!(
                "{orphans} objects have no row and {broken} rows lack their bytes: `guildhall media check --fix` removes them"
            ));
        }
    }
    Ok(())
}
