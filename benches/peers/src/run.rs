//! The rounds, and the table's lines.

use std::fs;
use std::sync::Arc;

use aggregates::words::Instant;
use litopys::bench::{
    Bed, Cast, Line, Orders, Seen, Step, Wanted, What, declared_over_http, loaded_by, median, signatures, verified, with_latencies,
};
use litopys::sequencer::system_clock;
use litopys::store::postgres::{PostgresStore, Target};
use tempfile::TempDir;

use crate::rules::Rules;
use crate::through_postgres_es::Peer;
use crate::{Arguments, Fault, through_umadb};

const STEPS: [Step<'static>; 3] = [Step::Request, Step::ConfirmByKey, Step::Sign];

const IN_PROCESS: &str = "In process: two signatures and the law, a durable commit, a read model";
const OVER_A_SOCKET: &str = "Over a socket, 64 connections, the client in a process of its own on the same cores";

/// Connections.
const CONNECTIONS: usize = 64;
/// Connections that send batches, and lines of each.
const BATCHES: (usize, usize) = (4, 500);

/// Figures of all rounds, in commands (UmaDB: events) a second.
#[derive(Default)]
struct Paces {
    ceiling: Vec<f64>,
    sqlite: Vec<f64>,
    postgres: Vec<f64>,
    postgres_es: Vec<f64>,
    single: Vec<f64>,
    batches: Vec<f64>,
    umadb: Vec<f64>,
}

/// Measures.
pub fn run(arguments: &Arguments) -> Result<Vec<Line>, Fault> {
    let begun = Instant::from_ms(system_clock()()).ok_or("the clock tells no time")?;
    let declarations = arguments.declarations;
    let cast = Cast::new(8 * arguments.rounds as u64 * declarations, begun);
    let folder = || TempDir::new_in(&arguments.folder);
    let sqlite = Bed::new("SQLite", &cast, folder()?, None)?;
    let target = Target::parse(&arguments.store)?;
    let store = PostgresStore::with_new_role(target, "litopys_peers", "litopys_peers")?;
    let postgres = Bed::new("PostgreSQL", &cast, folder()?, Some(Arc::new(store)))?;
    let peer = Peer::new(&arguments.peer_store)?;
    let mut paces = Paces::default();
    let (mut latencies, mut umadb_latencies) = (Seen::default(), Seen::default());
    let mut next = 0;
    let mut patients = || {
        next += declarations;
        next - declarations..next
    };
    for _ in 0..arguments.rounds {
        let some = patients();
        for step in [Step::Enrol, Step::Register { with_key: true }] {
            let bodies = cast.commands(&step, some.clone())?;
            sqlite.take(&bodies)?;
            postgres.take(&bodies)?;
        }
        let rules = Arc::new(Rules::after(&sqlite)?);
        let (mut by_sqlite, mut by_postgres, mut by_peer) = (0.0, 0.0, 0.0);
        for step in &STEPS {
            let bodies = cast.commands(step, some.clone())?;
            let commands = some.clone().map(|patient| cast.request(patient).to_string()).zip(bodies.iter().cloned()).collect();
            by_peer += peer.take(&rules, step.kind(), commands)?.as_secs_f64();
            by_sqlite += sqlite.take(&bodies)?.as_secs_f64();
            by_postgres += postgres.take(&bodies)?.as_secs_f64();
            if matches!(step, Step::Sign) {
                let signed = signatures(&bodies, &sqlite.node.directory)?;
                paces.ceiling.push(signed.len() as f64 / 2.0 / verified(&signed).as_secs_f64());
            }
        }
        let commands = 3.0 * declarations as f64;
        paces.postgres_es.push(commands / by_peer);
        paces.sqlite.push(commands / by_sqlite);
        paces.postgres.push(commands / by_postgres);

        let seen = declared_over_http(&sqlite, &cast, patients(), CONNECTIONS, What::Commands)?;
        paces.single.push(commands / seen.seconds);
        latencies.latencies.extend(seen.latencies);
        let (connections, lines) = BATCHES;
        let seen = declared_over_http(&sqlite, &cast, patients(), connections, What::Batches(lines))?;
        paces.batches.push(commands / seen.seconds);
        let mut seconds = 0.0;
        for step in &STEPS {
            let file = sqlite.folder().path().join("load");
            fs::write(&file, cast.commands(step, some.clone())?.join("\n"))?;
            let orders = Orders { server: arguments.umadb, file, connections: CONNECTIONS, what: What::Commands, pace: None };
            let seen = loaded_by(&through_umadb::LOAD, &orders)?;
            seconds += seen.seconds;
            umadb_latencies.latencies.extend(seen.latencies);
        }
        paces.umadb.push(commands / seconds);
    }
    latencies.latencies.sort_unstable();
    umadb_latencies.latencies.sort_unstable();
    Ok(lines(paces, &latencies, &umadb_latencies))
}

fn lines(paces: Paces, latencies: &Seen, umadb_latencies: &Seen) -> Vec<Line> {
    let (postgres_es, umadb) = (median(&paces.postgres_es), median(&paces.umadb));
    let line = |section, name: &str, unit, rounds| Line::new(section, name, unit, rounds);
    vec![
        line(IN_PROCESS, "two verify_strict, nothing else", "commands/s", paces.ceiling),
        line(IN_PROCESS, "postgres-es 0.5, the same checks before it", "commands/s", paces.postgres_es),
        line(IN_PROCESS, "Litopys, SQLite", "commands/s", paces.sqlite).against("postgres-es", postgres_es, Wanted::Least(5.0)),
        line(IN_PROCESS, "Litopys, PostgreSQL", "commands/s", paces.postgres).against("postgres-es", postgres_es, Wanted::Least(5.0)),
        with_latencies(line(OVER_A_SOCKET, "UmaDB, one event an append, no checks", "events/s", paces.umadb), umadb_latencies),
        with_latencies(
            line(OVER_A_SOCKET, "Litopys, SQLite, single commands", "commands/s", paces.single).against("UmaDB", umadb, Wanted::Least(0.7)),
            latencies,
        ),
        line(OVER_A_SOCKET, "Litopys, SQLite, batches of 500 on 4 connections", "commands/s", paces.batches).against(
            "UmaDB",
            umadb,
            Wanted::Least(1.0),
        ),
    ]
}
