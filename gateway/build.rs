//! Migrations are embedded: a new one must make cargo build again.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
    println!("cargo::rerun-if-changed=../config");
}
