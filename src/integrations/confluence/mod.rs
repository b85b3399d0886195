//! Confluence, of the Data Center and of the cloud.
mod test;

use super::{Caller, Integration, Pending, Tested};
use crate::domain::IntegrationConfig;

#[derive(Debug)]
pub(super) struct Confluence;

impl Integration for Confluence {
    fn test<'a>(&self, caller: &'a Caller, config: &'a IntegrationConfig) -> Pending<'a, Tested> {
        Box::pin(test::run(caller, config))
    }
}
