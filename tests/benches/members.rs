//! A server of 100,000 members: joining it, and listing its members by page.
//!
//! `cargo xtask bench members`. The crates themselves, without HTTP: the rest of a call is measured by the other benches.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that cannot go on fails"
)]

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use gateway::services::Services;
use guilds::{MemberFilter, MembersLimit};
use kernel::{GuildId, RoleId, UserId};
use serde_json::json;
use tests::App;

/// Members that the server has before anybody is measured.
const MEMBERS: usize = 100_000;
/// Accounts that are in no server.
const OTHERS: usize = 100_000;
/// Newcomers of each row.
const NEWCOMERS: usize = 400;
/// Pages of each row.
const PAGES: usize = 400;
/// Members in a page.
const PAGE: i64 = 100;

/// Accounts with names made of 20 first and 50 last ones; every second is a member, every twentieth of them has the role,
/// every fiftieth a nickname.
const CROWD: &str = "
    INSERT INTO users (id, username, username_key, name, created_at, updated_at)
    SELECT gen_random_uuid(), first || n, first || n, initcap(first) || ' ' || last || 'son', now(), now()
    FROM (SELECT n, (ARRAY['ada','anna','bea','carl','dora','emil','finn','gesa','hugo','ida','jan','kim','lara','mara',
        'nils','olga','paul','rosa','sven','tom'])[1 + n % 20] AS first, 'm' || chr(97 + n % 26) || n % 50 AS last
        FROM generate_series(1, {people}) AS n) AS crowd;
    INSERT INTO members (guild_id, user_id, nickname, joined_at)
    SELECT '{guild}', id, CASE WHEN n % 50 = 0 THEN 'Nick' || n END, now() - n * interval '1 minute'
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM users WHERE username LIKE '%0' OR username LIKE '%2'
        OR username LIKE '%4' OR username LIKE '%6' OR username LIKE '%8') AS half;
    UPDATE guilds SET member_count = (SELECT count(*) FROM members WHERE guild_id = '{guild}') WHERE id = '{guild}';
    INSERT INTO member_roles (guild_id, user_id, role_id)
    SELECT guild_id, user_id, '{role}' FROM (SELECT guild_id, user_id, row_number() OVER (ORDER BY user_id) AS n
        FROM members WHERE guild_id = '{guild}') AS all_of_them WHERE n % 20 = 0;
    ANALYZE";

#[tokio::main]
async fn main() {
    let app = App::start().await;
    let ada = app.person("owner").await;
    let server = ada.create_server("Engines").await;
    let role = ada.post(&format!("/api/servers/{}/roles", server.id), json!({ "name": "Crew" })).await.ok();
    let role = role["role"]["id"].as_str().unwrap().to_string();
    let crowd = CROWD.replace("{people}", &(MEMBERS + OTHERS).to_string());
    app.sql(&crowd.replace("{guild}", &server.id).replace("{role}", &role)).await;
    let (guild, user) = (server.id.parse().unwrap(), ada.id.parse().unwrap());
    let (services, role) = (app.services(), role.parse().unwrap());
    println!("{} members; load {}", app.count("members").await, load());
    println!("| what | at once | p50 ms | p99 ms | a second |\n| --- | ---: | ---: | ---: | ---: |");
    pages(services, (guild, user), role).await;
    let mut newcomers = newcomers(&app).await.into_iter();
    for at_once in [1, 8] {
        joining(services, &server.code, newcomers.by_ref().take(NEWCOMERS).collect(), at_once).await;
    }
    println!("load {}", load());
}

/// Pages one after the other, of each kind of list.
async fn pages(services: &Services, (guild, user): (GuildId, UserId), role: RoleId) {
    for (what, role, name) in [
        ("pages by id", None, None),
        ("pages by role, 5,000 have it", Some(role), None),
        ("pages by name, one letter", None, Some("a")),
        ("pages by name, three letters", None, Some("ann")),
        ("pages by a name that a few have", None, Some("mara77")),
        ("pages by role and name", Some(role), Some("ann")),
    ] {
        let (mut took, begin, mut after) = (Vec::new(), Instant::now(), None);
        for _ in 0..PAGES {
            let which = MemberFilter { after, role, name: name.map(ToString::to_string) };
            let start = Instant::now();
            let page =
                services.guilds.members(user, guild, which, MembersLimit::new(Some(PAGE))).await.unwrap();
            took.push(start.elapsed());
            // From the beginning again behind the last one.
            after = page.items.last().filter(|_| page.has_more).map(|member| member.user.id);
        }
        row(what, 1, took, begin.elapsed());
    }
}

/// Accounts that are in no server.
async fn newcomers(app: &App) -> Vec<UserId> {
    let count = NEWCOMERS * 2;
    let ids = format!(
        "(SELECT string_agg(id::text, ',') FROM (SELECT id FROM users u WHERE NOT EXISTS \
         (SELECT FROM members m WHERE m.user_id = u.id) LIMIT {count}) AS outside)"
    );
    app.value(&ids).await.split(',').map(|id| id.parse().unwrap()).collect()
}

/// Joins, so many at once: one after the other by nature, for all of them lock the server.
async fn joining(services: &Services, code: &str, people: Vec<UserId>, at_once: usize) {
    let (mut took, begin) = (Vec::new(), Instant::now());
    for some in people.chunks(at_once) {
        let joins = some.iter().map(|user| async {
            let start = Instant::now();
            assert!(services.guilds.join(*user, code).await.unwrap().joined);
            start.elapsed()
        });
        took.extend(join_all(joins).await);
    }
    row("joins", at_once, took, begin.elapsed());
}

fn row(what: &str, at_once: usize, mut took: Vec<Duration>, whole: Duration) {
    took.sort_unstable();
    let millis = |part: usize| took[took.len() * part / 100].as_secs_f64() * 1_000.0;
    let rate = f64::from(u32::try_from(took.len()).unwrap()) / whole.as_secs_f64();
    println!("| {what} | {at_once} | {:.1} | {:.1} | {rate:.0} |", millis(50), millis(99));
}

/// What else the machine is doing: the mean number of running tasks in the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_string()
}
