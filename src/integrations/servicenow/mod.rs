//! ServiceNow: incidents by way of the Table API.
mod incidents;
mod query;
mod test;

pub use self::incidents::Incidents;

use super::{Caller, Integration, Pending, Tested};
use crate::domain::IntegrationConfig;

#[derive(Debug)]
pub(super) struct ServiceNow;

impl Integration for ServiceNow {
    fn test<'a>(&self, caller: &'a Caller, config: &'a IntegrationConfig) -> Pending<'a, Tested> {
        Box::pin(test::run(caller, config))
    }
}
