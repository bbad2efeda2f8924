//! Which crate of the workspace may depend on which.

use super::packages::Package;

/// This file, for the messages.
const FILE: &str = "xtask/src/tidy/edges.rs";

/// What a package may depend on.
enum May {
    /// These packages of the workspace.
    Use(&'static [&'static str]),
    /// Any package below crates/.
    UseCrates,
    /// Any package of the workspace.
    UseAll,
}

/// The packages and their edges. An edge that is not here is an error, as is a package that is not.
const TABLE: &[(&str, May)] = &[
    ("kernel", May::Use(&[])),
    ("backbone", May::Use(&["kernel"])),
    ("identity", May::Use(&["kernel", "backbone"])),
    ("media", May::Use(&["kernel", "backbone"])),
    ("social", May::Use(&["kernel", "backbone", "identity"])),
    ("messaging", May::Use(&["kernel", "backbone", "identity", "media"])),
    ("guilds", May::Use(&["kernel", "backbone", "identity", "messaging"])),
    ("dm", May::Use(&["kernel", "backbone", "identity", "messaging", "social"])),
    ("moderation", May::Use(&["kernel", "backbone", "identity", "guilds", "messaging"])),
    ("voice-signaling", May::Use(&["kernel", "backbone", "identity", "guilds", "dm", "messaging"])),
    ("notifications", May::Use(&["kernel", "backbone", "identity"])),
    ("gateway", May::UseCrates),
    ("tests", May::UseAll),
    // It knows the product from outside only.
    ("bench", May::Use(&[])),
    ("xtask", May::Use(&[])),
];

/// Every edge and every package that is not in the table, as sentences.
pub(super) fn violations(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(|package| of_package(package, packages)).collect()
}

fn of_package(package: &Package, packages: &[Package]) -> Vec<String> {
    let Package { name, uses, .. } = package;
    let Some((_, may)) = TABLE.iter().find(|(known, _)| known == name) else {
        return vec![format!("{name} is not in the table of {FILE}: say there what it may depend on")];
    };
    let is_crate = |used: &str| packages.iter().any(|other| other.name == used && other.is_crate);
    let allowed = |used: &str| match may {
        May::Use(names) => names.contains(&used),
        May::UseCrates => is_crate(used),
        May::UseAll => true,
    };
    let unlisted = uses.iter().filter(|used| !allowed(used));
    unlisted
        .map(|used| format!("{name} -> {used} is not an edge of the table in {FILE}: remove the dependency"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, is_crate: bool, uses: &[&str]) -> Package {
        let uses = uses.iter().map(|used| (*used).to_owned()).collect();
        Package { name: name.to_owned(), directory: name.into(), is_crate, uses }
    }

    #[test]
    fn listed_edges_pass() {
        let packages = [
            package("kernel", true, &[]),
            package("guilds", true, &["kernel", "messaging"]),
            package("gateway", false, &["kernel", "guilds"]),
            package("tests", false, &["gateway", "guilds"]),
        ];
        assert_eq!(violations(&packages), Vec::<String>::new());
    }

    #[test]
    fn a_bad_edge_is_named() {
        let told = violations(&[package("messaging", true, &["kernel", "guilds"])]);
        assert_eq!(
            told,
            [
                "messaging -> guilds is not an edge of the table in xtask/src/tidy/edges.rs: remove the dependency"
            ]
        );
    }

    #[test]
    fn the_gateway_uses_crates_only() {
        let packages = [package("gateway", false, &["xtask"]), package("xtask", false, &[])];
        assert_eq!(violations(&packages).len(), 1);
    }

    #[test]
    fn an_unknown_package_is_named() {
        let told = violations(&[package("stray", true, &[])]);
        assert_eq!(told.len(), 1);
        assert!(told.iter().all(|line| line.starts_with("stray is not in the table")), "{told:?}");
    }
}
