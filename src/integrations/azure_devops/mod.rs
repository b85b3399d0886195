//! Azure DevOps: work items.
mod html;
mod items;
mod test;
mod wiql;

pub use self::items::{WorkItemKind, WorkItems};

use super::{Caller, Integration, Pending, Tested};
use crate::domain::IntegrationConfig;

#[derive(Debug)]
pub(super) struct AzureDevOps;

impl Integration for AzureDevOps {
    fn test<'a>(&self, caller: &'a Caller, config: &'a IntegrationConfig) -> Pending<'a, Tested> {
        Box::pin(test::run(caller, config))
    }
}
