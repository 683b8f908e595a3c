//! Trust providers: who enrols people's keys.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::event::event_names;
use crate::refusal::{Code, Refusal};
use crate::registry::Registry;

/// The state of `trust_provider/<id>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrustProvider {
    /// Whether it may enrol keys.
    pub active: bool,
}

/// What may happen to a trust provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum TrustProviderEvent {
    /// It was accredited.
    #[serde(rename = "trust_provider.accredited")]
    Accredited {},
}

event_names!(TrustProviderEvent { Accredited => "trust_provider.accredited", });

/// What a trust provider is asked.
#[derive(Clone, Copy, Debug)]
pub enum TrustProviderCommand {
    /// Accredit it.
    Accredit,
}

impl Aggregate for TrustProvider {
    const TYPE: &'static str = "trust_provider";
    type Command = TrustProviderCommand;
    type Event = TrustProviderEvent;
    type Error = Refusal;
    type Services = Registry;

    async fn handle(
        &mut self,
        TrustProviderCommand::Accredit: TrustProviderCommand,
        _: &Registry,
        sink: &EventSink<Self>,
    ) -> Result<(), Refusal> {
        if self.active {
            return Err(Refusal::new(Code::IdTaken).at("/data/trust_provider"));
        }
        sink.write(TrustProviderEvent::Accredited {}, self).await;
        Ok(())
    }

    fn apply(&mut self, TrustProviderEvent::Accredited {}: TrustProviderEvent) {
        self.active = true;
    }
}
