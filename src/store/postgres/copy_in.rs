//! Many rows into a table at once: COPY in its binary form.

use std::pin::pin;

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};

use super::super::StoreError;
use super::session::Session;

/// Copies rows, each a list of values of these types. Without rows nothing is sent.
///
/// Only into a transaction that is expected to go well: where COPY is refused at its start, the client loses count of the answers, and
/// the session is of no more use. So it goes out before whatever else may fail, and after all that did has been answered.
pub(super) async fn copy_in<const N: usize>(
    session: &Session,
    sql: &'static str,
    types: &[Type; N],
    rows: impl ExactSizeIterator<Item = [&(dyn ToSql + Sync); N]>,
) -> Result<(), StoreError> {
    if rows.len() == 0 {
        return Ok(());
    }
    let statement = session.prepared(sql, &[]).await?;
    let sink = session.client().copy_in(&statement).await.inspect_err(|_| session.give_up())?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, types));
    let meant = rows.len() as u64;
    for row in rows {
        writer.as_mut().write(&row).await?;
    }
    let copied = writer.as_mut().finish().await?;
    assert_eq!(copied, meant, "every row is copied");
    Ok(())
}
