//! Confluence, of the Data Center and of the cloud.
mod answers;
mod attach;
mod pages;
mod search;
mod test;
mod wiki;

pub use self::attach::file_name;
pub use self::pages::{PageText, StoredPage};
pub use self::wiki::{Generation, Wiki};

use super::{Caller, Integration, Pending, Tested};
use crate::domain::IntegrationConfig;

#[derive(Debug)]
pub(super) struct Confluence;

impl Integration for Confluence {
    fn test<'a>(&self, caller: &'a Caller, config: &'a IntegrationConfig) -> Pending<'a, Tested> {
        Box::pin(test::run(caller, config))
    }
}
