//! `--metrics`: what CloudWatch would show of the run, in a file.

use crate::exit::Stop;
use crate::input::is_standard;
use crate::output::write_file;
use crate::terminal::Terminal;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use stowplan_core::export::{metrics_csv, metrics_openmetrics};
use stowplan_core::sim::World;
use stowplan_runner::Complaint;

/// Where metrics go, and how.
#[derive(Debug, clap::Args)]
pub(super) struct MetricsFile {
    /// Where to write what CloudWatch would show of the run: CSV (`.csv`) or OpenMetrics (`.om`)
    #[arg(long, value_name = "FILE", conflicts_with = "seeds")]
    metrics: Option<PathBuf>,
    /// The format of that file, whatever its name ends with
    #[arg(long, value_enum, requires = "metrics")]
    metrics_format: Option<MetricsFormat>,
}

/// How metrics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MetricsFormat {
    /// A row for each point
    Csv,
    /// OpenMetrics text, as Prometheus reads it
    #[value(name = "openmetrics")]
    OpenMetrics,
}

/// The metrics of a run, as the file has them.
pub(super) struct Metrics {
    text: String,
    is_empty: bool,
}

impl MetricsFile {
    /// Whether the file can be written as it is asked for, before a run is played for it.
    pub(super) fn check(&self) -> Result<(), Stop> {
        let Some(path) = &self.metrics else {
            return Ok(());
        };
        if is_standard(path) {
            return Err(Stop::unusable(Complaint {
                message: "metrics are not written to standard output".into(),
                hint: Some("name a file with `--metrics`".into()),
            }));
        }
        self.format(path).map(|_| ())
    }

    fn format(&self, path: &Path) -> Result<MetricsFormat, Stop> {
        if let Some(format) = self.metrics_format {
            return Ok(format);
        }
        match path.extension().and_then(|it| it.to_str()) {
            Some("csv") => Ok(MetricsFormat::Csv),
            Some("om" | "openmetrics") => Ok(MetricsFormat::OpenMetrics),
            Some(_) | None => Err(Stop::unusable(Complaint {
                message: format!("`{}` does not say how to write metrics", path.display()),
                hint: Some("end it with .csv or .om, or say `--metrics-format`".into()),
            })),
        }
    }

    /// The metrics of a run as they are asked for; nothing where they are not.
    pub(super) fn of(&self, world: &World) -> Option<Metrics> {
        let write = match self.format(self.metrics.as_deref()?).ok()? {
            MetricsFormat::Csv => metrics_csv,
            MetricsFormat::OpenMetrics => metrics_openmetrics,
        };
        Some(Metrics {
            text: write(world.metrics(), &world.model().settings),
            is_empty: world.metrics().ids().next().is_none(),
        })
    }

    /// Writes the file, and tells of one without points, which would look like a fault.
    pub(super) fn write(
        &self,
        metrics: Option<&Metrics>,
        terminal: &mut Terminal,
    ) -> Result<(), Stop> {
        let (Some(path), Some(metrics)) = (&self.metrics, metrics) else {
            return Ok(());
        };
        write_file(path, &metrics.text).map_err(Stop::unusable)?;
        if metrics.is_empty {
            let note = Complaint {
                message: format!("`{}` has no points: no request was sent", path.display()),
                hint: Some(
                    "metrics count requests by the minute; state `traffic` in a scenario".into(),
                ),
            };
            terminal.complain("note", &note);
        }
        Ok(())
    }
}
