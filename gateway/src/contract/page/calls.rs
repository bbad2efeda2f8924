//! The page of the calls, made from the OpenAPI document.

use serde_json::Value;

use super::fields::{fields, kind};
use super::text::{escape, inline, markdown};
use super::{CALLS, at, codes, example, shell};
use crate::contract::paths::{Operation, operations};

/// The page.
pub(in crate::contract) fn page(openapi: &Value) -> String {
    let schemas = &openapi["components"]["schemas"];
    let (mut navigation, mut content) = (String::new(), intro(openapi));
    for tag in openapi["tags"].as_array().into_iter().flatten() {
        let name = at(tag, "/name");
        let of_tag = operations(openapi).filter(|operation| operation.value["tags"][0] == name);
        navigation += &format!("<h2>{}</h2>\n<ul>\n", escape(name));
        content += &format!("<h2 id=\"{0}\">{0}</h2>\n{1}", escape(name), markdown(at(tag, "/description")));
        for operation in of_tag {
            navigation += &entry(operation);
            content += &section(operation, schemas);
        }
        navigation += "</ul>\n";
    }
    navigation += "<h2><a href=\"#codes\">Error codes</a></h2>\n";
    shell(&CALLS, &navigation, &(content + &table(openapi)))
}

fn intro(openapi: &Value) -> String {
    let info = &openapi["info"];
    let (title, version) = (escape(at(info, "/title")), escape(at(info, "/version")));
    format!("<h1>{title} <small>{version}</small></h1>\n{}", markdown(at(info, "/x-summary")))
}

fn entry(operation: Operation<'_>) -> String {
    let Operation { method, path, value } = operation;
    format!(
        "<li><a href=\"#{}\"><span class=\"method {method}\">{method}</span> {}</a><span class=\"path\">{}</span></li>\n",
        escape(at(value, "/operationId")),
        escape(at(value, "/summary").trim_end_matches('.')),
        escape(path),
    )
}

fn section(operation: Operation<'_>, schemas: &Value) -> String {
    let Operation { method, path, value } = operation;
    let parameters = value["parameters"].as_array().map(|all| parameters(all, schemas)).unwrap_or_default();
    let body = value.pointer("/requestBody/content/application~1json");
    let body = body.map(|body| part("Body", body, schemas)).unwrap_or_default();
    format!(
        "<section class=\"call\" id=\"{id}\">\n<h3>{summary}</h3>\n\
         <p class=\"line\"><span class=\"method {method}\">{method}</span> <code>{path}</code></p>\n\
         {words}{parameters}{body}{answers}{form}</section>\n",
        id = escape(at(value, "/operationId")),
        summary = escape(at(value, "/summary").trim_end_matches('.')),
        path = escape(path),
        words = markdown(at(value, "/description")),
        answers = answers(value, schemas),
        form = form(operation),
    )
}

fn parameters(parameters: &[Value], schemas: &Value) -> String {
    let items = parameters.iter().map(|parameter| {
        let optional = if parameter["required"] == true { "" } else { " <span class=\"optional\">optional</span>" };
        format!(
            "<li><code class=\"name\">{}</code> <span class=\"type\">{}, in the {}</span>{optional} <span class=\"words\">{}</span></li>\n",
            escape(at(parameter, "/name")),
            escape(&kind(&parameter["schema"], schemas)),
            escape(at(parameter, "/in")),
            inline(at(parameter, "/description")),
        )
    });
    format!("<h4>Parameters</h4>\n<ul class=\"fields\">\n{}</ul>\n", items.collect::<String>())
}

/// A body: its fields, and an example.
fn part(title: &str, body: &Value, schemas: &Value) -> String {
    let sample = body.get("example").map(example).unwrap_or_default();
    format!(
        "<h4>{title}</h4>\n<div class=\"body\">\n<div>{}</div>\n<div>{sample}</div>\n</div>\n",
        fields(&body["schema"], schemas)
    )
}

fn answers(operation: &Value, schemas: &Value) -> String {
    let (mut good, mut bad) = (String::new(), String::new());
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let json = response.pointer("/content/application~1json");
        if let Some(names) = response["x-codes"].as_array() {
            let samples = json.and_then(|json| json["examples"].as_object()).into_iter().flatten();
            let samples = samples.map(|(_, sample)| example(&sample["value"])).collect::<String>();
            bad += &format!(
                "<li><details><summary><span class=\"status bad\">{status}</span> {}</summary>\n{samples}</details></li>\n",
                codes(names, "")
            );
            continue;
        }
        let title =
            format!("<span class=\"status\">{status}</span> {}", inline(at(response, "/description")));
        good += &match json {
            Some(json) => part(&title, json, schemas),
            None => format!("<h4>{title}</h4>\n"),
        };
    }
    format!("{good}<h4>Failures</h4>\n<ul class=\"failures\">\n{bad}</ul>\n")
}

/// What the script makes a form of.
fn form(operation: Operation<'_>) -> String {
    let Operation { method, path, value } = operation;
    if value["responses"].get("101").is_some() {
        return "<p>Try it on the <a href=\"docs/events#console\">page of live events</a>.</p>\n".into();
    }
    let inputs = value["parameters"].as_array().into_iter().flatten().map(|parameter| {
        let (name, place) = (escape(at(parameter, "/name")), escape(at(parameter, "/in")));
        let example = parameter.get("example").map(|example| match example {
            Value::String(text) => escape(text),
            other => other.to_string(),
        });
        format!(
            "<label>{name} <input name=\"{name}\" data-in=\"{place}\" placeholder=\"{}\" autocomplete=\"off\"></label>\n",
            example.unwrap_or_default()
        )
    });
    let body = value.pointer("/requestBody/content/application~1json/example").map(|example| {
        let json = serde_json::to_string_pretty(example).unwrap_or_default();
        format!(
            "<label>Body <textarea name=\"body\" rows=\"{}\" spellcheck=\"false\">\n{}</textarea></label>\n",
            json.lines().count().clamp(3, 12),
            escape(&json)
        )
    });
    format!(
        "<form class=\"try\" data-method=\"{method}\" data-path=\"{}\" hidden>\n<h4>Try it</h4>\n{}{}\
         <button>Send</button> <output></output>\n</form>\n",
        escape(path),
        inputs.collect::<String>(),
        body.unwrap_or_default(),
    )
}

fn table(openapi: &Value) -> String {
    let rows = openapi["x-error-codes"].as_array().into_iter().flatten().map(|row| {
        let code = escape(at(row, "/code"));
        format!(
            "<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td></tr>\n",
            row["status"],
            inline(at(row, "/meaning"))
        )
    });
    format!(
        "<h2 id=\"codes\">Error codes</h2>\n<table>\n<thead><tr><th>code</th><th>status</th><th>meaning</th></tr></thead>\n\
         <tbody>\n{}</tbody>\n</table>\n",
        rows.collect::<String>()
    )
}
