//! Tables of text: columns as wide as their widest cell, two spaces between them.

/// Lines of a table with `head` above `rows`.
pub(crate) fn table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> Vec<String> {
    let head = head.map(str::to_owned);
    lines(&head, rows)
}

/// The same for columns that are known only now; every row has as many cells as `head`.
pub(crate) fn lines(head: &[String], rows: &[impl AsRef<[String]>]) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row.as_ref()) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &[String]| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rows = rows.iter().map(|row| line(row.as_ref()));
    std::iter::once(line(head)).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["4f3c".into(), "RUNNING".into()], ["a".into(), "é".into()]];
        assert_eq!(
            table(["TASK", "STATUS"], &rows),
            ["TASK  STATUS", "4f3c  RUNNING", "a     é"]
        );
    }
}
