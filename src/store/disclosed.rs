//! Disclosures as stores keep them: those of an entry about one subject together.

use super::{DisclosureRow, StoreError};

/// What those that lie together have in common: entry, subject, and whether they are on file.
fn whose(row: &DisclosureRow) -> (u64, &str, bool) {
    (row.entry, &row.subject, row.on_file)
}

/// These disclosures, those together that lie together, each by its ordinal.
pub(super) fn together(rows: &[DisclosureRow]) -> Result<Vec<Vec<&DisclosureRow>>, StoreError> {
    let mut all: Vec<&DisclosureRow> = rows.iter().collect();
    all.sort_by_key(|row| (row.entry, row.ordinal));
    if let Some(twice) = all.windows(2).find(|pair| (pair[0].entry, pair[0].ordinal) == (pair[1].entry, pair[1].ordinal)) {
        return Err(StoreError::invalid(format!("entry {} has two disclosures with the ordinal {}", twice[0].entry, twice[0].ordinal)));
    }
    all.sort_by(|one, other| whose(one).cmp(&whose(other)));
    Ok(all.chunk_by(|one, next| whose(one) == whose(next)).map(<[_]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(entry: u64, ordinal: u32, subject: &str, on_file: bool) -> DisclosureRow {
        let (object, name, text) = (String::new(), String::new(), String::new());
        DisclosureRow { entry, ordinal, subject: subject.into(), object, name, text, on_file }
    }

    #[test]
    fn those_of_an_entry_about_one_subject_lie_together_by_their_ordinals() {
        let rows = [row(2, 0, "a", true), row(1, 3, "a", true), row(1, 2, "b", true), row(1, 1, "a", true), row(1, 0, "a", false)];
        let places: Vec<Vec<(u64, u32)>> =
            together(&rows).unwrap().iter().map(|group| group.iter().map(|row| (row.entry, row.ordinal)).collect()).collect();
        assert_eq!(places, [vec![(1, 0)], vec![(1, 1), (1, 3)], vec![(1, 2)], vec![(2, 0)]]);
        assert!(together(&[]).unwrap().is_empty());
        assert!(together(&[row(1, 0, "a", true), row(1, 0, "b", true)]).is_err());
    }
}
