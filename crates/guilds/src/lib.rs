//! Guilds (servers), their channels, roles and members, and what each may do where.
