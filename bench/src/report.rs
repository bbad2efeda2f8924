//! A table for people and JSON for programs, of the same rows.

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Number, Value};

use crate::fail::{Context as _, Outcome};
use crate::machine::Machine;
use crate::meter::Usage;
use crate::meter::number::{float, per};
use crate::net::Dialect;
use crate::stage::Target;

/// One line: what was done, and what came out, in the order of the columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row(Vec<(&'static str, Cell)>);

#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    /// A number, and how many digits of it are shown behind the point.
    Number(f64, usize),
}

/// Everything of one run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    what: &'static str,
    command: String,
    machine: Machine,
    rows: Vec<Value>,
    /// What is to be known about the rows before one believes them.
    notes: Vec<String>,
    /// What must never happen, and did.
    faults: Vec<String>,
    #[serde(skip)]
    cells: Vec<Row>,
}

impl Row {
    /// One more column.
    pub(crate) fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, Cell::Text(value.into())));
        self
    }

    /// One more column, a count.
    pub(crate) fn count(self, name: &'static str, value: u64) -> Self {
        self.number(name, float(value), 0)
    }

    /// One more column, with this many digits behind the point.
    pub(crate) fn number(mut self, name: &'static str, value: f64, digits: usize) -> Self {
        self.0.push((name, Cell::Number(value, digits)));
        self
    }

    /// The columns that every measurement ends with: CPU of each process for one `unit` of work, microseconds, and what
    /// else ran.
    pub(crate) fn usage(self, usage: &Usage, units: u64) -> Self {
        let micros = |seconds: f64| per(seconds * 1e6, float(units));
        self.number("gateway_us", micros(usage.gateway), 2)
            .number("postgres_us", micros(usage.postgres), 2)
            .number("redis_us", micros(usage.redis), 2)
            .number("generator_cores", usage.generator_cores, 2)
            .number("other_cores", usage.other_cores, 2)
    }

    fn json(&self) -> Value {
        let fields = self.0.iter().map(|(name, cell)| {
            let value = match cell {
                Cell::Text(text) => Value::from(text.as_str()),
                // To the millionth: what is behind it is noise.
                Cell::Number(number, _) => {
                    Number::from_f64((number * 1e6).round() / 1e6).map_or(Value::Null, Value::Number)
                }
            };
            ((*name).to_owned(), value)
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }

    fn shown(&self) -> Vec<String> {
        let shown = self.0.iter().map(|(_, cell)| match cell {
            Cell::Text(text) => text.clone(),
            Cell::Number(number, digits) => grouped(&format!("{number:.digits$}")),
        });
        shown.collect()
    }
}

impl Report {
    /// A report without rows.
    pub(crate) fn new(what: &'static str, machine: Machine) -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let command = format!("cargo xtask bench {}", arguments.join(" "));
        Self { what, command, machine, rows: vec![], notes: vec![], faults: vec![], cells: vec![] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, row: Row) {
        self.rows.push(row.json());
        self.cells.push(row);
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }

    /// Adds what must never happen: a fault of ours, and worth a note of what we are compared with.
    pub(crate) fn fault(&mut self, of: &Target, words: impl Into<String>) {
        match of.dialect {
            Dialect::Guildhall => self.faults.push(words.into()),
            Dialect::SocketIo => self.notes.push(words.into()),
        }
    }

    /// Notes what makes the figures of a part of the run less than they could be.
    pub(crate) fn judge(&mut self, part: &str, usage: &Usage) {
        if usage.generator_was_the_limit() {
            self.note(format!(
                "{part}: the generator was the bottleneck ({:.2} of a core): the rate is a lower bound, CPU of the \
                 servers per unit still holds",
                usage.generator_cores
            ));
        }
        if usage.other_cores > 0.3 {
            self.note(format!(
                "{part}: {:.2} cores were busy with something else: measure again on a quieter machine",
                usage.other_cores
            ));
        }
    }

    /// Whether everything was as it must be.
    pub(crate) fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// Prints the table, and writes the JSON to `file`.
    pub(crate) fn publish(&self, file: &Path) -> Outcome {
        println!("{}\n{}\n", self.command, self.machine.line());
        print!("{}", table(&self.cells));
        for (head, lines) in [("note", &self.notes), ("WRONG", &self.faults)] {
            lines.iter().for_each(|line| println!("{head}: {line}"));
        }
        let doing = || format!("could not write {}", file.display());
        let text = serde_json::to_string_pretty(self).context(doing)?;
        fs::write(file, text + "\n").context(doing)?;
        println!("\nwritten to {}", file.display());
        Ok(())
    }

    /// A name for the file.
    pub(crate) fn file_name(&self) -> String {
        format!("{}-{}.json", self.what, self.machine.at.replace(':', ""))
    }
}

/// The rows as a table that Markdown understands, too.
fn table(rows: &[Row]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let head: Vec<String> = first.0.iter().map(|(name, _)| (*name).to_owned()).collect();
    let body: Vec<Vec<String>> = rows.iter().map(Row::shown).collect();
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = body.iter().chain([&head]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell:>width$} |"));
        format!("|{}\n", padded.collect::<String>())
    };
    let rule: Vec<String> =
        widths.iter().map(|width| format!("{}:", "-".repeat(width.saturating_sub(1)))).collect();
    [line(&head), line(&rule)].into_iter().chain(body.iter().map(|row| line(row))).collect()
}

/// A number with a comma after every three digits before the point.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let digits = whole.len();
    let mut shown = String::with_capacity(number.len() + digits / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (digits - place).is_multiple_of(3) && digit != '-' {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, shown) in
            [("0", "0"), ("999.50", "999.50"), ("1000", "1,000"), ("1234567.8", "1,234,567.8")]
        {
            assert_eq!(grouped(number), shown);
        }
    }

    #[test]
    fn rows_become_a_table_and_json() {
        let row =
            Row::default().count("sockets", 1_000).text("load", "8 in flight").number("p50_ms", 1.2345, 2);
        assert_eq!(
            table(std::slice::from_ref(&row)),
            "| sockets |        load | p50_ms |\n| ------: | ----------: | -----: |\n|   1,000 | 8 in flight |   1.23 |\n"
        );
        assert_eq!(
            row.json(),
            serde_json::json!({ "load": "8 in flight", "p50_ms": 1.2345, "sockets": 1000.0 })
        );
    }
}
