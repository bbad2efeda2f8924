//! Lists of which the planner does not see how long they are.

use diesel::expression::{
    AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, SingleValue, SqlType, Text, Uuid};
use diesel::{QueryResult, pg::Pg};

/// A type of which lists have a name.
pub trait Listed: SqlType + SingleValue + TypedExpressionType {
    /// What PostgreSQL calls them.
    const LIST: &'static str;
}

impl Listed for Uuid {
    const LIST: &'static str = "uuid[]";
}

impl Listed for Text {
    const LIST: &'static str = "text[]";
}

/// `column = ANY((SELECT list)::uuid[])`: what [`any_of`] makes. Without the type it would be read as a question for rows.
#[derive(Clone, Copy, Debug, QueryId, ValidGrouping)]
pub struct AnyOf<C, L> {
    column: C,
    list: L,
}

/// Whether the column is one of `list`; for questions that are asked often.
///
/// As `eq_any`, with one difference: PostgreSQL keeps a plan. Of a list that is bound by itself it sees the length, finds
/// that a plan for just this one is cheaper than one for ten values, which it expects of a list that it does not see, and
/// plans anew at every execution. That took longer than the execution. Behind `SELECT` it never sees the list.
pub fn any_of<C, ST, L>(column: C, list: L) -> AnyOf<C, L::Expression>
where
    C: Expression<SqlType = ST>,
    ST: Listed,
    L: AsExpression<Array<ST>>,
{
    AnyOf { column, list: list.as_expression() }
}

impl<C, L> Expression for AnyOf<C, L>
where
    C: Expression,
    L: Expression,
{
    type SqlType = Bool;
}

impl<C, L, T> AppearsOnTable<T> for AnyOf<C, L>
where
    Self: Expression,
    C: AppearsOnTable<T>,
    L: AppearsOnTable<T>,
{
}

impl<C, L, T> SelectableExpression<T> for AnyOf<C, L>
where
    Self: AppearsOnTable<T>,
    C: SelectableExpression<T>,
    L: SelectableExpression<T>,
{
}

impl<C, L> QueryFragment<Pg> for AnyOf<C, L>
where
    C: Expression<SqlType: Listed> + QueryFragment<Pg>,
    L: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY((SELECT ");
        self.list.walk_ast(out.reborrow())?;
        out.push_sql(")::");
        out.push_sql(C::SqlType::LIST);
        out.push_sql(")");
        Ok(())
    }
}
