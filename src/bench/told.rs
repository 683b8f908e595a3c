//! What was measured, as a table for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// One figure, measured in several rounds.
pub struct Line {
    /// What part of the benchmark.
    pub section: &'static str,
    /// What was measured.
    pub name: String,
    /// In what.
    pub unit: &'static str,
    /// One figure of each round.
    pub rounds: Vec<f64>,
    /// What it is held against: its name, its figure, and the least or greatest ratio that we want.
    pub against: Option<Against>,
    /// What else is to be said, by name.
    pub beside: Vec<(&'static str, Value)>,
}

/// A ratio with what is wanted of it.
pub struct Against {
    /// What the figure is divided by.
    pub what: &'static str,
    /// Its figure.
    pub figure: f64,
    /// What is wanted of the ratio.
    pub wanted: Wanted,
}

/// What is wanted of a figure or a ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wanted {
    /// At least this.
    Least(f64),
    /// At most this.
    Most(f64),
    /// It is only told.
    Nothing,
}

impl Line {
    /// A figure of one round or more.
    pub fn new(section: &'static str, name: impl Into<String>, unit: &'static str, rounds: Vec<f64>) -> Line {
        Line { section, name: name.into(), unit, rounds, against: None, beside: Vec::new() }
    }

    /// Held against another figure.
    #[must_use]
    pub fn against(mut self, what: &'static str, figure: f64, wanted: Wanted) -> Line {
        self.against = Some(Against { what, figure, wanted });
        self
    }

    /// With something else to be said.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Line {
        self.beside.push((name, value.into()));
        self
    }

    /// The median round.
    pub fn median(&self) -> f64 {
        median(&self.rounds)
    }

    /// How far the rounds lie apart, as a part of the median.
    pub fn spread(&self) -> f64 {
        let (least, most) = self.rounds.iter().fold((f64::MAX, f64::MIN), |(least, most), one| (least.min(*one), most.max(*one)));
        if self.rounds.len() < 2 || self.median() == 0.0 { 0.0 } else { (most - least) / self.median() }
    }

    fn ratio(&self) -> Option<(f64, &Against)> {
        self.against.as_ref().map(|against| (self.median() / against.figure, against))
    }
}

impl Wanted {
    /// Whether a ratio is as it is wanted; none where nothing is wanted.
    pub fn holds(self, ratio: f64) -> Option<bool> {
        match self {
            Wanted::Least(least) => Some(ratio >= least),
            Wanted::Most(most) => Some(ratio <= most),
            Wanted::Nothing => None,
        }
    }

    fn told(self) -> String {
        match self {
            Wanted::Least(least) => format!("≥ {least}"),
            Wanted::Most(most) => format!("≤ {most}"),
            Wanted::Nothing => String::new(),
        }
    }
}

/// The middle one of some figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The figures as a table.
pub fn table(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut section = "";
    for line in lines {
        if line.section != section {
            section = line.section;
            let _ = writeln!(text, "\n{section}");
        }
        let figure = if line.median() >= 1_000.0 { format!("{:.0}", line.median()) } else { format!("{:.2}", line.median()) };
        let _ = write!(text, "  {:<52} {figure:>10} {:<14} ±{:>3.0}%", line.name, line.unit, line.spread() * 50.0);
        if let Some((ratio, against)) = line.ratio() {
            let held = match against.wanted.holds(ratio) {
                Some(true) => "  holds",
                Some(false) => "  does not hold",
                None => "",
            };
            let _ = write!(text, "  {ratio:>6.3} of {} {}{held}", against.what, against.wanted.told());
        }
        for (name, value) in &line.beside {
            let _ = write!(text, "  {name} {value}");
        }
        text.push('\n');
    }
    text
}

/// The figures as JSON, with what they were measured on.
pub fn json(machine: Value, lines: &[Line]) -> Value {
    let line = |line: &Line| {
        let mut told = json!({
            "section": line.section, "name": line.name, "unit": line.unit, "median": line.median(), "spread": line.spread(), "rounds": line.rounds,
        });
        if let Some((ratio, against)) = line.ratio() {
            told["ratio"] = json!({ "of": against.what, "figure": against.figure, "ratio": ratio, "wanted": against.wanted.told(), "holds": against.wanted.holds(ratio) });
        }
        for (name, value) in &line.beside {
            told[*name] = value.clone();
        }
        told
    };
    json!({ "machine": machine, "lines": lines.iter().map(line).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_its_median_its_spread_and_whether_its_ratio_holds() {
        let line = Line::new("pace", "ours", "commands/s", vec![90.0, 110.0, 100.0]).against("ceiling", 200.0, Wanted::Least(0.6));
        assert_eq!((line.median(), line.spread()), (100.0, 0.2));
        let told = table(&[line]);
        assert!(
            told.contains("100.00 commands/s") && told.contains("± 10%") && told.contains("0.500 of ceiling ≥ 0.6  does not hold"),
            "{told}"
        );
        let line = Line::new("reads", "p99", "µs", vec![5.0]).against("p50", 1.0, Wanted::Most(10.0)).with("connections", 4);
        let told = json(Value::Null, &[line]);
        assert_eq!(told["lines"][0]["ratio"]["holds"], true);
        assert_eq!(told["lines"][0]["connections"], 4);
    }
}
