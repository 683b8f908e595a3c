//! Any bytes are answered, and what is accepted stands the way through an entry.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litopys::envelope::Envelope;

fuzz_target!(|body: &[u8]| {
    match Envelope::parse(body) {
        Ok(envelope) => {
            let kept = Envelope::from_entry(&envelope.to_entry()).expect("accepted as sent");
            let texts: Vec<_> = envelope.disclosures.iter().map(|disclosure| disclosure.text.as_str()).collect();
            assert_eq!(kept.open(&texts).as_ref(), Ok(&envelope.disclosures));
            let disclosures = envelope.disclosures.clone();
            assert_eq!(Envelope { disclosures, ..kept }, envelope);
            assert!(envelope.verify_signatures(|_| None).is_err());
        }
        Err(fault) => assert!(fault.pointer.is_empty() || fault.pointer.starts_with('/')),
    }
});
