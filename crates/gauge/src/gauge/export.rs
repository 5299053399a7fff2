//! History taken out.

use jiff::Timestamp;

use super::Gauge;
use crate::database::{DatabaseError, Stretch};
use crate::history::{Exported, Format, SeriesKey, export};

impl Gauge {
    /// What these series read since a time, as a text for other programs. A series there is not is left out.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn export(
        &self,
        series: &[SeriesKey],
        since: Timestamp,
        format: Format,
    ) -> Result<String, DatabaseError> {
        let mut exported = Vec::with_capacity(series.len());
        for key in series {
            if let Some(Stretch { pace, mut spans, .. }) =
                self.database.spans(key, since, Timestamp::MAX).await?
            {
                if let Some(first) = spans.first_mut() {
                    first.from = first.from.max(since);
                }
                exported.push(Exported { key: key.clone(), pace, spans });
            }
        }
        Ok(export(&exported, format))
    }
}
