//! What no compiler checks: which crate may depend on which, and what every crate must have.

mod edges;
mod manners;
mod packages;

use std::path::Path;

use crate::fail::{Failure, Outcome};

/// Checks the workspace and tells everything that is wrong at once.
pub(crate) fn run(root: &Path) -> Outcome {
    let packages = packages::of(root)?;
    let mut wrong = edges::violations(&packages);
    wrong.extend(manners::violations(root, &packages)?);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("not tidy:\n    {}", wrong.join("\n    "))))
    }
}
