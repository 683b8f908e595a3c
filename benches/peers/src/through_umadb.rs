//! UmaDB: a client of many connections in a process of its own, which appends each command as one event and checks nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant as Moment;

use litopys::bench::{Orders, Seen};
use tokio::runtime::Builder;
use umadb_client::UmaDbClient;
use umadb_dcb::{DcbEvent, DcbEventStoreAsync};

use crate::Fault;

/// The arguments with which the program starts itself as this client.
pub const LOAD: [&str; 2] = ["umadb", "--load"];

/// Does what the orders say: each line of the file is appended alone.
pub fn load(orders: &Orders) -> Result<Seen, Fault> {
    let text = std::fs::read(&orders.file)?;
    let lines: Arc<[Vec<u8>]> = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect();
    // One thread, as for Litopys: the server needs the cores more.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = UmaDbClient::new(format!("http://{}", orders.server));
        let mut clients = Vec::with_capacity(orders.connections);
        for _ in 0..orders.connections {
            clients.push(client.connect_async().await?);
        }
        let next = Arc::new(AtomicUsize::new(0));
        let start = Moment::now();
        let tasks: Vec<_> = clients
            .into_iter()
            .map(|client| {
                let (lines, next) = (Arc::clone(&lines), Arc::clone(&next));
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let begun = Moment::now();
                        let event = DcbEvent::default().event_type("command").data(line.clone());
                        client.append(vec![event], None, None).await?;
                        latencies.push(begun.elapsed().as_micros().min(u128::from(u32::MAX)) as u32);
                    }
                    Ok::<_, Fault>(latencies)
                })
            })
            .collect();
        let mut seen = Seen::default();
        for task in tasks {
            seen.latencies.extend(task.await??);
        }
        seen.seconds = start.elapsed().as_secs_f64();
        seen.answered = seen.latencies.len();
        seen.latencies.sort_unstable();
        Ok(seen)
    })
}
