//! How a stack is put together: what stands in for AWS, then the functions over it,
//! then what calls them.

use anyhow::Context as _;
use usher_console::SessionKey;

use super::addresses::{Aws, Front};
use super::callers::Callers;
use super::stand_ins::StandIns;
use super::{Assembled, Stack};
use crate::disk::Disk;
use crate::functions::{self, LocalValues};
use crate::options::{Options, rng};
use crate::template::Template;
use crate::wire::uuid;

impl Stack {
    /// Starts everything and serves it, as it was left or empty.
    ///
    /// # Errors
    /// A port or folder that is taken, a template that cannot be stood in for, a
    /// function that does not start.
    pub(crate) async fn assemble(options: Options) -> anyhow::Result<Assembled> {
        let template = Template::deployed()?;
        let disk = options
            .data
            .as_deref()
            .map_or_else(|| Ok(Disk::none()), Disk::hold)?;
        let stand_ins = StandIns::open(&disk, &options, &template.tables).await?;
        let stack = Self::serve(template, stand_ins, &disk, &options).await?;
        let is_new = disk.is_fresh();
        Ok(Assembled { stack, is_new })
    }

    async fn serve(
        template: Template,
        stand_ins: StandIns,
        disk: &Disk,
        options: &Options,
    ) -> anyhow::Result<Self> {
        let aws = Aws::serve(stand_ins.endpoint()).await?;
        let front = Front::bind(options.port).await?;
        // Of this process: whoever signed in before it started does so again.
        let secret = format!("{}{}", uuid(), uuid());
        let session_key = SessionKey::derive(&secret).context("the session's secret")?;
        let values = LocalValues::new(&front.url, &secret, options);
        let clock = stand_ins.clock_of_functions();
        let deployed = functions::deployed(&template, &values)?;
        let functions = functions::wire(&template, &values, &aws.sdk, &clock, &rng(options.seed))?;
        let callers = Callers::start(template, functions, session_key, &stand_ins, disk)?;
        Ok(Self {
            url: front.url.clone(),
            _serving: [aws.serving, front.serve(&callers, &stand_ins)],
            stand_ins,
            callers,
            sdk: aws.sdk,
            deployed,
            reporter: None,
        })
    }
}
