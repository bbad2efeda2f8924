//! What every crate must have.

use std::fs;
use std::path::Path;

use super::packages::Package;
use crate::fail::{Context as _, Outcome};
use crate::workspace::shown;

/// The packages that lack something, as sentences.
pub(super) fn violations(root: &Path, packages: &[Package]) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    for package in packages {
        let readme = package.directory.join("README.md");
        if package.is_crate && !readme.is_file() {
            wrong.push(format!("{} is missing: say there what the crate is for", shown(root, &readme)));
        }
        let manifest = package.directory.join("Cargo.toml");
        let doing = || format!("could not read {}", manifest.display());
        if !inherits_lints(&fs::read_to_string(&manifest).context(doing)?).context(doing)? {
            let manifest = shown(root, &manifest);
            wrong.push(format!("{manifest} does not inherit the lints: add `workspace = true` to [lints]"));
        }
    }
    Ok(wrong)
}

/// Whether a manifest takes its lints from the workspace.
fn inherits_lints(manifest: &str) -> Result<bool, toml::de::Error> {
    let manifest: toml::Table = toml::from_str(manifest)?;
    let inherited = manifest.get("lints").and_then(|lints| lints.get("workspace"));
    Ok(inherited.and_then(toml::Value::as_bool) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::inherits_lints;

    #[test]
    fn lints_are_inherited_only_when_said() {
        assert_eq!(inherits_lints("[package]\nname = 'a'\n[lints]\nworkspace = true\n"), Ok(true));
        assert_eq!(inherits_lints("[package]\nname = 'a'\n"), Ok(false));
        assert_eq!(inherits_lints("[lints.rust]\nunsafe_code = 'forbid'\n"), Ok(false));
    }
}
