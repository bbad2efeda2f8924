//! Administrators: what they see and do, what others may not, and what is written down of it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person, eventually};

use super::{NOTHING, keys, list};

fn path(person: &Person, act: &str) -> String {
    format!("/api/admin/users/{}{act}", person.id)
}

async fn suspend(admin: &Person, person: &Person) -> tests::Answer {
    admin.post(&path(person, "/suspend"), json!({ "reason": "advertising" })).await
}

async fn audit(admin: &Person, query: &str) -> Vec<Value> {
    list(&admin.get(&format!("/api/admin/audit-log{query}")).await.ok()["auditLog"]).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_may_do_any_of_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let eve = app.person("eve").await;
    let calls = [
        (Method::GET, "/api/admin/stats".to_string(), None),
        (Method::GET, "/api/admin/users".into(), None),
        (Method::GET, "/api/admin/audit-log".into(), None),
        (Method::POST, path(&ada, "/suspend"), Some(json!({ "reason": "x" }))),
        (Method::POST, path(&ada, "/activate"), None),
        (Method::PUT, path(&eve, "/role"), Some(json!({ "role": "admin" }))),
        (Method::DELETE, path(&ada, ""), None),
        // Whether somebody is there is not told either.
        (Method::DELETE, format!("/api/admin/users/{NOTHING}"), None),
    ];
    for (method, path, body) in calls {
        let body = body.map(|body| body.to_string());
        let refused = eve.call(method.clone(), &path, body.clone()).await;
        assert_eq!(
            refused.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"],
            "ADMIN",
            "{path}"
        );
        app.stranger().call(method, &path, body).await.fails(401, "UNAUTHENTICATED");
    }
    assert_eq!(ada.get("/api/users/me").await.ok()["user"]["role"], "user");
    assert_eq!(eve.get("/api/users/me").await.ok()["user"]["role"], "user");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_is_out_at_once_everywhere_until_it_is_activated() {
    let app = App::builder().gateways(2).start().await;
    let root = app.admin("root").await;
    let eve = app.person("eve").await;
    let (mut here, mut there) = (app.socket(&eve, 0).await, app.socket(&eve, 1).await);
    root.post(&path(&eve, "/suspend"), json!({})).await.fails_at("reason");
    root.post(&path(&eve, "/suspend"), json!({ "reason": "  " })).await.fails_at("reason");
    suspend(&root, &eve).await.ok();
    assert_eq!(here.close_code().await, Some(4003));
    assert_eq!(there.close_code().await, Some(4003));
    for gateway in &app.gateways {
        eve.at(&gateway.url).get("/api/users/me").await.fails(401, "UNAUTHENTICATED");
    }
    let login = json!({ "username": "eve", "password": "correct horse battery" });
    let refused = app.stranger().post("/api/auth/login", login.clone()).await.fails(403, "ACCOUNT_SUSPENDED");
    assert_eq!(refused["details"]["reason"], "advertising");
    let listed = root.get("/api/admin/users?status=suspended").await.ok();
    let listed = &list(&listed["users"])[0];
    assert_eq!((&listed["username"], &listed["suspendedReason"]), (&json!("eve"), &json!("advertising")));
    assert_eq!(listed["status"], "suspended");
    root.post(&path(&eve, "/activate"), json!({})).await.ok();
    root.post(&path(&eve, "/activate"), json!({})).await.ok();
    // The old token stays dead.
    eve.get("/api/users/me").await.fails(401, "UNAUTHENTICATED");
    app.stranger().post("/api/auth/login", login).await.ok();
    for act in ["/suspend", "/activate", "/role"] {
        let call = if act == "/role" { Method::PUT } else { Method::POST };
        let body = json!({ "reason": "x", "role": "user" }).to_string();
        let nobody = format!("/api/admin/users/{NOTHING}{act}");
        root.call(call, &nobody, Some(body)).await.fails(404, "RESOURCE_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_one_also_when_two_remove_each_other_at_once() {
    let app = App::start().await;
    let root = app.admin("root").await;
    suspend(&root, &root).await.fails(409, "CONFLICT");
    root.delete(&path(&root, "")).await.fails(409, "CONFLICT");
    root.put(&path(&root, "/role"), json!({ "role": "user" })).await.fails(409, "CONFLICT");
    let own = json!({ "password": "correct horse battery" }).to_string();
    root.call(Method::DELETE, "/api/users/me", Some(own)).await.fails(409, "CONFLICT");
    root.get("/api/admin/stats").await.ok();

    for round in 0..5 {
        let (one, two) = (app.admin(&format!("one{round}")).await, app.admin(&format!("two{round}")).await);
        // From now on there are these two.
        let others =
            format!("UPDATE users SET role = 'user' WHERE username NOT IN ('one{round}', 'two{round}')");
        app.sql(&others).await;
        let (first, second) = tokio::join!(suspend(&one, &two), suspend(&two, &one));
        let done = [first.status, second.status].into_iter().filter(|status| *status == 200).count();
        assert_eq!(done, 1, "{} and {}", first.body, second.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_told_by_new_tokens_only() {
    let app = App::builder().gateways(2).start().await;
    let root = app.admin("root").await;
    let ada = app.person("ada").await;
    root.put(&path(&ada, "/role"), json!({ "role": "emperor" })).await.fails_at("role");
    root.put(&path(&ada, "/role"), json!({ "role": "admin" })).await.ok();
    ada.get("/api/users/me").await.fails(401, "UNAUTHENTICATED");
    let ada = ada.log_in("ada").await;
    ada.get("/api/admin/stats").await.ok();
    // The same again changes nothing, and ends nothing.
    root.put(&path(&ada, "/role"), json!({ "role": "admin" })).await.ok();
    ada.get("/api/admin/stats").await.ok();
    root.put(&path(&ada, "/role"), json!({ "role": "user" })).await.ok();
    let there = ada.at(&app.gateways[1].url);
    eventually("the token is dead there too", async || there.get("/api/admin/stats").await.status == 401)
        .await;
    ada.log_in("ada").await.get("/api/admin/stats").await.fails(403, "INSUFFICIENT_PERMISSIONS");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_listed_in_pages_and_found_by_any_part() {
    let app = App::start().await;
    let root = app.admin("root").await;
    for username in ["a_b", "axb", "percent"] {
        app.person(username).await;
    }
    let names = async |query: &str| {
        let page = root.get(&format!("/api/admin/users?{query}")).await.ok();
        let names = list(&page["users"]).iter().map(|user| user["username"].as_str().unwrap().to_string());
        (names.collect::<Vec<_>>(), page["total"].as_i64().unwrap(), page["nextCursor"].clone())
    };
    let (all, total, next) = names("").await;
    assert_eq!((all.len(), total, next), (4, 4, Value::Null));
    assert_eq!(all, ["percent", "axb", "a_b", "root"], "the newest first");
    let (first, total, next) = names("limit=3").await;
    assert_eq!((first.as_slice(), total), (&all[..3], 4));
    assert_eq!(names(&format!("limit=3&cursor={}", next.as_str().unwrap())).await.0, all[3..]);
    assert_eq!(names("limit=2&offset=2").await.0, all[2..]);
    assert_eq!(names("query=a_b").await.0, ["a_b"]);
    assert_eq!(names("search=PERCENT@EXAMPLE").await.0, ["percent"]);
    assert_eq!(names("query=%25").await.0, Vec::<String>::new());
    assert_eq!(names("query=%00%27%3B--").await.0, Vec::<String>::new());
    assert_eq!(names("role=admin").await.0, ["root"]);
    assert_eq!(names("status=suspended").await.0, Vec::<String>::new());
    assert_eq!(names("status=all&role=user&query=percent").await.1, 1);
    root.get("/api/admin/users?status=odd").await.fails_at("status");
    let page = root.get("/api/admin/users?role=admin").await.ok();
    let user = &page["users"][0];
    assert_eq!((&user["email"], &user["role"]), (&json!("root@example.org"), &json!("admin")));
    assert!(user["lastLogin"].is_string() && !page.to_string().contains("$2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_counted_and_remembered_for_five_minutes() {
    let app = App::start().await;
    let root = app.admin("root").await;
    let server = root.create_server("Engines").await;
    root.send(&server.channel, "hello").await;
    let stats = root.get("/api/admin/stats").await.ok();
    assert_eq!(
        (&stats["users"]["total"], &stats["users"]["active"], &stats["users"]["new"]),
        (&json!(1), &json!(1), &json!(1))
    );
    let channels = root.get(&format!("/api/servers/{}/channels", server.id)).await.ok();
    let channels = list(&channels["channels"]).len();
    assert_eq!((&stats["servers"]["total"], &stats["channels"]["total"]), (&json!(1), &json!(channels)));
    assert_eq!((&stats["messages"]["total"], &stats["messages"]["today"]), (&json!(1), &json!(1)));
    root.send(&server.channel, "again").await;
    assert_eq!(root.get("/api/admin/stats").await.ok(), stats);
    app.clock.advance_ms(5 * 60_000);
    assert_eq!(root.get("/api/admin/stats").await.ok()["messages"]["total"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_and_acts_are_written_down_and_nothing_that_could_be_a_password() {
    let app = App::start().await;
    let root = app.admin("root").await;
    let eve = app.person("eve").await;
    let login = |username: &str, password: &str| {
        let request = app.stranger().request(Method::POST, "/api/auth/login");
        let body = json!({ "username": username, "password": password });
        tests::Answer::to(request.header("user-agent", "Test/1.0").json(&body))
    };
    login("eve", "hunter2-wrong").await.fails(401, "INVALID_CREDENTIALS");
    login("hunter2-typed-in-the-wrong-field", "x").await.fails(401, "INVALID_CREDENTIALS");
    suspend(&root, &eve).await.ok();
    login("eve", "correct horse battery").await.fails(403, "ACCOUNT_SUSPENDED");
    root.post(&path(&eve, "/activate"), json!({})).await.ok();
    root.put(&path(&eve, "/role"), json!({ "role": "admin" })).await.ok();
    login("eve", "correct horse battery").await.ok();
    root.delete(&path(&eve, "")).await.ok();

    let log = audit(&root, "").await;
    let actions = log.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>();
    let expected = [
        "user-deleted",
        "login-succeeded",
        "role-changed",
        "user-activated",
        "login-refused",
        "user-suspended",
        "login-failed",
        "login-failed",
        "login-succeeded",
        "login-succeeded",
        "role-changed",
        "login-succeeded",
    ];
    assert_eq!(actions, expected, "the latest first");
    assert!(!json!(log).to_string().contains("hunter2"));
    let fields = ["action", "actor", "address", "createdAt", "details", "device", "id", "subject"];
    assert!(log.iter().all(|entry| keys(entry) == fields));
    let unknown = &log[6];
    assert!(unknown["actor"].is_null() && unknown["subject"].is_null());
    assert_eq!((&unknown["address"], &unknown["device"]), (&json!("127.0.0.1"), &json!("Test/1.0")));
    let known = &log[7];
    assert!(known["actor"].is_null() && known["subject"]["id"] == eve.id.as_str());
    let act = &log[5];
    assert_eq!(
        (&act["actor"]["id"], &act["details"]),
        (&json!(root.id), &json!({ "reason": "advertising" }))
    );
    assert_eq!(log[2]["details"], json!({ "before": "user", "after": "admin" }));
    // What the one who is gone did, was done from nowhere.
    assert!(log[1]["address"].is_null() && log[1]["subject"]["name"] == "Deleted user");

    assert_eq!(audit(&root, &format!("?userId={}", eve.id)).await.len(), 8);
    assert_eq!(audit(&root, "?action=login-failed").await.len(), 2);
    let page = root.get("/api/admin/audit-log?limit=5").await.ok();
    let rest = audit(&root, &format!("?before={}", page["nextCursor"].as_str().unwrap())).await;
    assert_eq!((list(&page["auditLog"]).len(), rest.len()), (5, 7));
    root.get("/api/admin/audit-log?action=odd").await.fails_at("action");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_entries_of_the_audit_log_go() {
    let app = App::builder().with("identity.audit_days", "30").start().await;
    let root = app.admin("root").await;
    assert_eq!(audit(&root, "").await.len(), 3);
    app.clock.advance_ms(30 * 86_400_000 + 60_000);
    let root = root.log_in("root").await;
    assert_eq!(app.services().identity.sweep_audit_log(2).await.unwrap(), 2);
    assert_eq!(app.services().identity.sweep_audit_log(2).await.unwrap(), 1);
    assert_eq!(app.services().identity.sweep_audit_log(2).await.unwrap(), 0);
    assert_eq!(audit(&root, "").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_made_at_the_machine() {
    let app = App::start().await;
    let binary = env!("CARGO_BIN_EXE_guildhall-under-test");
    let create = ["admin", "create", "--username", "root", "--email", "root@example.org"];
    let (done, said) = app.chore(binary, &create, "short\n").await;
    assert!(!done && said.contains("at least 8 characters"), "{said}");
    let (done, said) = app.chore(binary, &create, "correct horse battery\n").await;
    assert!(done && said.contains("root is an administrator"), "{said}");
    assert!(!said.contains("correct horse"), "{said}");
    app.stranger().log_in("root").await.get("/api/admin/stats").await.ok();
    let (done, said) = app.chore(binary, &create, "correct horse battery\n").await;
    assert!(!done && said.contains("taken"), "{said}");

    let ada = app.person("ada").await;
    let (done, said) = app.chore(binary, &["admin", "appoint", "ADA"], "").await;
    assert!(done, "{said}");
    ada.log_in("ada").await.get("/api/admin/stats").await.ok();
    let (done, said) = app.chore(binary, &["admin", "appoint", "nobody"], "").await;
    assert!(!done && said.contains("nobody is called"), "{said}");
}
