//! The contract of `/ws`, and what two gateways promise together.

mod beginnings;
mod channels;
mod churn;
mod entrance;
mod faults;
mod fence;
mod frames;
mod marks;
mod order;
mod outage;
mod removals;
mod resume;
mod revocation;
mod robust;
mod silence;
mod slow;
mod storm;
mod tls;
mod typing;

/// So many channels more for each server, of which nobody is told.
async fn more_channels(app: &tests::App, count: usize) {
    app.sql(&format!(
        "INSERT INTO channels (id, guild_id, kind, name, topic, position, created_at, updated_at)
         SELECT gen_random_uuid(), g.id, 'text', 'more-' || n, NULL, n + 1, now(), now()
         FROM guilds g, generate_series(1, {count}) n;
         INSERT INTO timelines (id, kind, scope_id)
         SELECT id, 'channel', guild_id FROM channels WHERE kind = 'text' ON CONFLICT DO NOTHING"
    ))
    .await;
}
