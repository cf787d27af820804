//! How wide columns are: names are cut last, details go first.

use crate::tui::rows::Column;

/// Cells between two columns where there is room, and where there is not.
const GAPS: [u16; 2] = [2, 1];

/// Columns up to this rank are worth a little of the texts beside them.
const WORTH_A_CUT: u8 = 2;

/// Widths of columns, and the gap between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) struct Widths {
    /// 0 for a column that is left out.
    pub cells: Vec<u16>,
    pub gap: u16,
}

/// Lays columns out whose widest contents take `wanted` cells. A column of which nothing is wanted is
/// left out.
pub(in crate::tui) fn lay_out(columns: &[Column], wanted: &[u16], room: u16) -> Widths {
    let wanted: Vec<u16> = columns
        .iter()
        .zip(wanted)
        .map(|(column, wanted)| match *wanted {
            wanted if column.right => wanted,
            wanted => wanted.min(column.most),
        })
        .collect();
    let all: u16 = wanted.iter().map(|cells| cells + GAPS[0]).sum();
    let gap = if all <= room { GAPS[0] } else { GAPS[1] };
    let mut cells = vec![0; columns.len()];
    let mut left = room;
    let taken = |left: &mut u16, cells: u16| *left = left.saturating_sub(cells + gap);
    let mut always: Vec<usize> = Vec::new();
    let mut ranked: Vec<usize> = Vec::new();
    for at in (0..columns.len()).filter(|at| wanted[*at] > 0) {
        if columns[at].rank == 0 {
            cells[at] = wanted[at];
            always.push(at);
        } else {
            ranked.push(at);
        }
    }
    shrink(
        columns,
        &mut cells,
        room.saturating_sub(gap * count(&always)),
    );
    always.iter().for_each(|at| taken(&mut left, cells[*at]));
    ranked.sort_by_key(|at| columns[*at].rank);
    for at in ranked {
        let least = if columns[at].right {
            wanted[at]
        } else {
            wanted[at].min(columns[at].least)
        };
        let missing = (least + gap).saturating_sub(left);
        if columns[at].rank <= WORTH_A_CUT && squeeze(columns, &mut cells, &wanted, missing) {
            left += missing;
        }
        if left >= least + gap {
            cells[at] = wanted[at].min(left - gap);
            taken(&mut left, cells[at]);
        }
    }
    Widths { cells, gap }
}

/// Takes so many cells from texts that are always shown, down to three quarters of what they want;
/// all of them or none.
fn squeeze(columns: &[Column], cells: &mut [u16], wanted: &[u16], missing: u16) -> bool {
    let spare = |at: usize, cells: &[u16]| {
        let column = &columns[at];
        let text = column.rank == 0 && !column.right && !column.names;
        let kept = column.least.max(wanted[at] - wanted[at] / 4);
        if text {
            cells[at].saturating_sub(kept)
        } else {
            0
        }
    };
    if (0..cells.len()).map(|at| spare(at, cells)).sum::<u16>() < missing {
        return false;
    }
    for _ in 0..missing {
        let from = (0..cells.len()).max_by_key(|at| spare(*at, cells));
        if let Some(at) = from {
            cells[at] -= 1;
        }
    }
    true
}

fn count(of: &[usize]) -> u16 {
    u16::try_from(of.len()).unwrap_or(u16::MAX)
}

/// Takes from the widest until all fit: first from texts down to their least, then from the name, and
/// from everything only when the screen is narrower than any that is laid out.
fn shrink(columns: &[Column], cells: &mut [u16], room: u16) {
    let least = |at: usize| columns[at].least;
    while cells.iter().sum::<u16>() > room {
        let widest = |may: &dyn Fn(usize) -> bool| {
            (0..cells.len())
                .filter(|at| may(*at))
                .max_by_key(|at| cells[*at])
        };
        let text = |at: usize| !columns[at].right && !columns[at].names && cells[at] > least(at);
        let name = |at: usize| columns[at].names && cells[at] > least(at);
        let Some(at) = widest(&text)
            .or_else(|| widest(&name))
            .or_else(|| widest(&|at| cells[at] > 1))
        else {
            return;
        };
        cells[at] -= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::rows::Cut;

    const fn column(name: &'static str, rank: u8) -> Column {
        Column {
            name,
            right: false,
            names: false,
            cut: Cut::End,
            least: 8,
            most: 40,
            rank,
            greatest_first: false,
        }
    }

    fn pods() -> Vec<Column> {
        let mut name = column("NAME", 0);
        name.names = true;
        let mut age = column("AGE", 0);
        age.right = true;
        vec![
            column("NAMESPACE", 0),
            name,
            column("STATUS", 0),
            column("NODE", 3),
            age,
            column("IMAGE", 7),
        ]
    }

    #[test]
    fn the_name_is_whole_as_long_as_another_text_can_be_cut() {
        let widths = lay_out(&pods(), &[25, 38, 25, 14, 4, 60], 78);
        assert_eq!(widths.cells, [16, 38, 16, 0, 4, 0]);
        let widths = lay_out(&pods(), &[25, 38, 25, 14, 4, 60], 60);
        assert_eq!(widths.cells, [8, 36, 8, 0, 4, 0], "and only then is it cut");
    }

    #[test]
    fn details_come_with_room() {
        let widths = lay_out(&pods(), &[25, 38, 25, 14, 4, 60], 118);
        assert_eq!(widths.cells, [25, 38, 25, 14, 4, 0]);
        let widths = lay_out(&pods(), &[25, 38, 25, 14, 4, 60], 198);
        assert_eq!(widths.cells, [25, 38, 25, 14, 4, 40]);
        assert_eq!(widths.gap, 2);
    }

    #[test]
    fn what_matters_takes_a_little_from_texts() {
        let mut columns = pods();
        columns[3].rank = 2;
        let widths = lay_out(&columns, &[24, 38, 24, 12, 4, 60], 98);
        assert_eq!(widths.cells, [22, 38, 21, 8, 4, 0]);
        let widths = lay_out(&columns, &[24, 38, 24, 12, 4, 60], 90);
        assert_eq!(widths.cells[3], 0, "but not more than a quarter");
    }

    proptest! {
        #[test]
        fn columns_never_take_more_than_there_is(
            wanted in prop::collection::vec(0_u16..300, 6),
            room in 12_u16..300,
        ) {
            let widths = lay_out(&pods(), &wanted, room);
            let shown = widths.cells.iter().filter(|cells| **cells > 0);
            let taken: u16 = shown.map(|cells| cells + widths.gap).sum();
            prop_assert!(taken <= room, "{widths:?} in {room}");
        }
    }
}
