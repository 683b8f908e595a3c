//! postgres-es as its README sets it up: the pool of its own making, its tables, one view kept by a `GenericQuery`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Moment};

use cqrs_es::persist::GenericQuery;
use postgres_es::{PostgresCqrs, PostgresViewRepository, default_postgress_pool, postgres_cqrs};
use tokio::runtime::{Builder, Runtime};

use crate::Fault;
use crate::rules::Rules;
use crate::way::{Decided, Declaration, Way};

/// The tables of its `db/init.sql`, of which one view is ours.
const TABLES: &str = include_str!("tables.sql");

/// Commands under way at a time; its pool has ten connections.
const AT_ONCE: usize = 64;

/// The framework on its database.
pub struct Peer {
    runtime: Runtime,
    cqrs: Arc<PostgresCqrs<Way>>,
}

impl Peer {
    /// On an empty database.
    pub fn new(url: &str) -> Result<Peer, Fault> {
        let runtime = Builder::new_multi_thread().enable_all().build()?;
        let cqrs = runtime.block_on(async {
            let pool = default_postgress_pool(url).await;
            sqlx::raw_sql(TABLES).execute(&pool).await?;
            let view = PostgresViewRepository::<Declaration, Way>::new("declarations", pool.clone());
            let mut query = GenericQuery::new(Arc::new(view));
            query.use_error_handler(Box::new(|error| panic!("the view: {error}")));
            Ok::<_, Fault>(postgres_cqrs(pool, vec![Box::new(query)], ()))
        })?;
        Ok(Peer { runtime, cqrs: Arc::new(cqrs) })
    }

    /// Verifies, decides and keeps commands of a kind, each of the way with the id beside it.
    pub fn take(&self, rules: &Arc<Rules>, kind: &'static str, commands: Arc<[(String, String)]>) -> Result<Duration, Fault> {
        let next = Arc::new(AtomicUsize::new(0));
        let start = Moment::now();
        self.runtime.block_on(async {
            let tasks: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    let (rules, cqrs, commands, next) =
                        (Arc::clone(rules), Arc::clone(&self.cqrs), Arc::clone(&commands), Arc::clone(&next));
                    tokio::spawn(async move {
                        while let Some((id, body)) = commands.get(next.fetch_add(1, Ordering::Relaxed)) {
                            let entry = serde_json::to_value(rules.take(body)?)?;
                            cqrs.execute(id, Decided { kind: kind.to_owned(), entry }).await?;
                        }
                        Ok::<_, Fault>(())
                    })
                })
                .collect();
            for task in tasks {
                task.await??;
            }
            Ok::<_, Fault>(())
        })?;
        Ok(start.elapsed())
    }
}
