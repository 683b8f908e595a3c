//! Capitation: what a provider is paid a year for each declaration, by the patient's age and the division's place.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::form::{Kind, Member};
use crate::refusal::{Code, Fault};
use crate::values::Coefficient;

/// Nobody alive is older (the law refuses birth dates of more than 150 years back).
const OLDEST: i64 = 150;

const AGE_GROUP: &[Member] = &[Member::clear("from", Kind::Integer(0, OLDEST)), Member::clear("coefficient", Kind::Coefficient)];

/// The members of a capitation in a policy.
pub(super) const CAPITATION: &[Member] = &[
    Member::clear("base_rate", Kind::Integer(0, 100_000_000)),
    Member::clear("age_groups", Kind::List(&Kind::Object(AGE_GROUP), 1, 20)),
    Member::clear("mountain_coefficient", Kind::Coefficient),
    Member::clear("over_limit", Kind::OneOf(&["earliest_first", "latest_first"])),
];

/// The rate and its coefficients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capitation {
    /// For one declaration, in kopiykas a year.
    pub base_rate: u64,
    /// By age, ascending and beginning at 0.
    pub age_groups: Vec<AgeGroup>,
    /// For declarations at a division in the mountains, beside the age's.
    pub mountain_coefficient: Coefficient,
    /// Which of a doctor's declarations count when he has more than his limit.
    pub over_limit: OverLimit,
}

/// Patients of an age from `from` until the next group's begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgeGroup {
    /// The first age, in whole years.
    pub from: u32,
    /// What multiplies the base rate.
    pub coefficient: Coefficient,
}

/// Which declarations count, by the index of the entry that signed them, up to the doctor's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverLimit {
    /// Those signed first.
    EarliestFirst,
    /// Those signed last.
    LatestFirst,
}

impl Default for Capitation {
    /// The rate of 2018, 370 hryvnias (Cabinet of Ministers resolution 407 of 25.04.2018), with the age groups and coefficients
    /// commonly published for it. Sources differ about the age of 65; here it belongs to the last group.
    fn default() -> Capitation {
        let groups = [(0, 4_000), (6, 2_200), (18, 1_000), (40, 1_200), (65, 2_000)];
        let group = |(from, thousandths)| AgeGroup { from, coefficient: Coefficient::of_thousandths(thousandths) };
        Capitation {
            base_rate: 37_000,
            age_groups: groups.map(group).into(),
            mountain_coefficient: Coefficient::of_thousandths(1_250),
            over_limit: OverLimit::EarliestFirst,
        }
    }
}

/// Every age has exactly one group: the first begins at 0, each other one above the one before it.
pub(crate) fn age_group_rules(data: &Value, faults: &mut Vec<Fault>) {
    let groups = data.pointer("/policy/capitation/age_groups").and_then(Value::as_array);
    let ages: Vec<i64> = groups.into_iter().flatten().filter_map(|group| group["from"].as_i64()).collect();
    let first = ages.first().filter(|from| **from != 0).map(|_| (0, Code::OutOfRange, json!({ "min": 0, "max": 0 })));
    let pairs = (1..).zip(ages.windows(2)).filter(|(_, pair)| pair[1] <= pair[0]);
    let rest = pairs.map(|(place, pair)| (place, Code::NotAscending, json!({ "before": pair[0] })));
    for (place, code, params) in first.into_iter().chain(rest) {
        let pointer = format!("/data/policy/capitation/age_groups/{place}/from");
        faults.push(Fault { pointer, code, params: params.as_object().cloned().unwrap_or_default() });
    }
}
