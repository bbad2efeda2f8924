//! Every call and every command of the product, by every kind of caller: without a token, with a revoked one, with one
//! that expired, as a stranger, as a member, as the owner. Fails when one is missing in the table.

mod callers;
mod calls;
mod commands;
mod place;
mod plans;
mod row;
mod table;
