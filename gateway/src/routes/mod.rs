//! The HTTP calls, by subject. Every handler is registered here, once.

mod admin;
mod api_keys;
mod auth;
mod automod;
mod blocks;
mod calls;
mod channels;
mod chats;
mod data;
mod dm_messages;
mod dms;
mod docs;
mod emails;
mod fallback;
mod files;
mod friends;
mod groups;
mod health;
mod huddles;
mod ice;
mod invites;
mod links;
mod media;
mod members;
mod messages;
mod metrics;
mod moderation;
mod oauth;
mod overwrites;
mod passwords;
mod pictures;
mod pins;
mod reactions;
mod record;
mod recordings;
mod reports;
mod roles;
mod scheduled;
mod search;
mod second_factor;
mod servers;
mod sessions;
mod threads;
mod transcript;
mod uploads;
mod users;
mod voice;

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_actix_web::service_config::ServiceConfig as Described;
use utoipa_actix_web::{AppExt, OpenApiFactory};

use crate::ws;

pub(crate) use fallback::{not_found, wrong_method};

/// Who is told of all handlers: an app, which calls them, or [`document`], which asks what they say of themselves. An app
/// has no use for that, and is made in each worker.
pub(crate) trait Registry {
    /// Takes a handler.
    fn service<H: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: H) -> &mut Self;
}

impl Registry for web::ServiceConfig {
    fn service<H: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: H) -> &mut Self {
        self.service(handler)
    }
}

impl Registry for Described<'_> {
    fn service<H: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: H) -> &mut Self {
        self.service(handler)
    }
}

/// All calls that the OpenAPI document describes.
pub(crate) fn table(routes: &mut impl Registry) {
    routes
        // What is called most comes first: actix-web tries the patterns one after the other, which was a sixth of a post.
        .service(ws::open)
        .service(messages::send)
        // Before `GET /api/messages/{chatId}`, which the path of its alias would fit.
        .service(search::find)
        .service(messages::history)
        .service(messages::get)
        .service(messages::changes)
        .service(messages::mark_read)
        .service(auth::sign_up)
        .service(auth::sign_in)
        .service(auth::refresh)
        .service(auth::sign_out)
        .service(auth::me)
        .service(emails::verify_email)
        .service(emails::resend_verification)
        .service(emails::change_email)
        .service(emails::confirm_email_change)
        .service(passwords::forgot_password)
        .service(passwords::reset_password)
        .service(passwords::change_password)
        .service(second_factor::enable)
        .service(second_factor::verify)
        .service(second_factor::disable)
        .service(second_factor::recovery_codes)
        .service(sessions::list)
        .service(sessions::end)
        .service(sessions::end_all)
        .service(api_keys::make_key)
        .service(api_keys::keys)
        .service(api_keys::revoke_key)
        .service(oauth::providers)
        .service(oauth::go_to_provider)
        .service(oauth::come_back)
        .service(oauth::sign_in_through)
        .service(links::links)
        .service(links::link)
        .service(links::unlink)
        .service(admin::stats)
        .service(admin::users)
        .service(admin::suspend)
        .service(admin::activate)
        .service(admin::set_role)
        .service(admin::remove_second_factor)
        .service(admin::delete)
        .service(admin::audit_log)
        .service(data::export)
        .service(data::delete)
        .service(users::change)
        .service(users::status)
        .service(users::change_status)
        .service(users::search)
        .service(users::online)
        .service(friends::friends)
        .service(friends::remove)
        .service(friends::requests)
        .service(friends::ask)
        .service(friends::ask_by_id)
        .service(friends::accept)
        .service(friends::decline)
        .service(friends::cancel)
        .service(blocks::blocked)
        .service(blocks::block_named)
        .service(blocks::block)
        .service(blocks::unblock)
        // After those whose path it would fit.
        .service(users::get)
        .service(servers::list)
        .service(servers::create)
        .service(servers::discover)
        .service(servers::join)
        .service(servers::join_public)
        .service(servers::get)
        .service(servers::update)
        .service(servers::transfer)
        .service(servers::delete)
        .service(servers::leave)
        .service(invites::invite)
        .service(invites::invites)
        .service(invites::create_invite)
        .service(invites::delete_invite)
        .service(invites::regenerate)
        .service(invites::preview)
        .service(members::members)
        .service(members::member)
        .service(members::update_member)
        .service(moderation::kick)
        .service(moderation::ban)
        .service(moderation::time_out)
        .service(moderation::end_timeout)
        .service(moderation::warn)
        .service(moderation::warnings)
        .service(moderation::delete_warning)
        .service(moderation::bans)
        .service(moderation::unban)
        .service(moderation::audit_log)
        .service(record::record)
        .service(reports::report_user)
        .service(reports::report_message)
        .service(reports::reports)
        .service(reports::update_report)
        .service(automod::read)
        .service(automod::replace)
        .service(channels::list)
        .service(channels::create)
        .service(channels::get)
        .service(channels::change)
        .service(channels::order)
        .service(channels::delete)
        .service(overwrites::list)
        .service(overwrites::get)
        .service(overwrites::put)
        .service(overwrites::delete)
        .service(roles::list)
        .service(roles::create)
        .service(roles::change)
        .service(roles::delete)
        .service(roles::assign)
        .service(roles::unassign)
        .service(dms::list_dms)
        .service(dms::list_conversations)
        .service(dms::open)
        .service(dms::accepts)
        .service(dms::choose)
        .service(dms::get_conversation)
        .service(dms::configure)
        .service(dm_messages::history)
        .service(dm_messages::send_there)
        .service(dm_messages::mark_read)
        .service(dm_messages::send_dm)
        .service(dm_messages::history_with)
        .service(dm_messages::send_to)
        .service(groups::list_groups)
        .service(groups::create_group)
        .service(groups::get_group)
        .service(groups::update_group)
        .service(groups::add_members)
        .service(groups::remove_member)
        .service(groups::leave_group)
        .service(groups::set_admin)
        .service(groups::hand_over)
        .service(messages::edit)
        .service(messages::delete)
        .service(media::upload)
        .service(uploads::presign)
        .service(uploads::complete)
        .service(media::get)
        .service(media::delete)
        .service(media::url)
        .service(media::content)
        .service(files::list)
        .service(files::stats)
        .service(files::delete)
        .service(recordings::send_clip)
        .service(recordings::send_voice)
        .service(recordings::list_clips)
        .service(recordings::delete_clip)
        .service(pictures::avatar)
        .service(pictures::icon)
        .service(pictures::picture)
        .service(scheduled::schedule)
        .service(scheduled::list)
        .service(scheduled::cancel)
        .service(transcript::transcript)
        .service(transcript::conversation)
        .service(chats::send)
        .service(chats::delete_many)
        .service(chats::read_to)
        .service(threads::thread)
        .service(threads::formerly)
        .service(reactions::react)
        .service(reactions::unreact)
        .service(reactions::toggle_reaction)
        .service(pins::pins)
        // Before those whose path it would fit.
        .service(pins::pin_named)
        .service(pins::pin)
        .service(pins::unpin)
        .service(ice::ice_servers)
        .service(voice::sessions)
        .service(voice::join)
        .service(voice::update)
        .service(voice::leave)
        .service(voice::signal)
        .service(voice::moderate)
        .service(voice::disconnect)
        .service(calls::start)
        .service(calls::answer)
        .service(calls::decline)
        .service(calls::list)
        .service(calls::read)
        .service(huddles::start)
        .service(huddles::join)
        .service(huddles::leave)
        .service(health::health)
        .service(metrics::metrics)
        .service(metrics::overview)
        .service(docs::calls)
        .service(docs::events)
        .service(docs::page)
        .service(docs::part);
}

/// What the handlers of [`table`] say of themselves.
pub(crate) fn document() -> Document {
    let app = actix_web::App::new().into_utoipa_app().openapi(docs::Api::openapi());
    app.configure(|routes| table(routes)).split_for_parts().1
}
