//! Starting a stack, with the demo's data where it is new.

use anyhow::Context as _;

use crate::{Options, Stack, demo, stack::Assembled};

impl Stack {
    /// Starts everything and serves it.
    ///
    /// # Errors
    /// A port or folder that is taken, a template that cannot be stood in for, a
    /// function that does not start, demo data that is refused.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let (wants_demo, reports) = (options.demo, options.reports);
        let Assembled { mut stack, is_new } = Self::assemble(options).await?;
        if wants_demo && is_new {
            demo::load(&stack).await.context("demo data")?;
        }
        // What the demo is about stays as it is: a doubt, for instance.
        if reports {
            stack.report_all();
        }
        Ok(stack)
    }
}
