//! Notes, checkpoints, cosignatures and offline proofs: the specifications' own examples, and one example for each rule.
#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use support::MemoryLog;
use tlog::{
    Checkpoint, CheckpointError, Hash, Note, NoteError, NoteSignature, ProofError, SignatureType, Signer, TlogProof, TlogProofError,
    Verifier, inclusion_proof,
};

const ORIGIN: &str = "log.example/ledger";

fn log_signer() -> Signer {
    Signer::ed25519(ORIGIN, &[1; 32]).unwrap()
}

fn witness() -> Signer {
    Signer::cosigner("witness.example/w1", &[2; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size: 300, root: Hash::leaf(b"root") }
}

fn cosigned() -> Note {
    let mut note = Note::parse(&checkpoint().sign(&log_signer()).unwrap()).unwrap();
    note.cosign(&witness(), 1_679_315_147).unwrap();
    note
}

// ---- signed-note

/// The example of c2sp.org/signed-note.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE: &str = "This is an example message.\n\n— example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

#[test]
fn the_specifications_note_verifies() {
    let note = Note::parse(EXAMPLE).unwrap();
    assert_eq!(note.text(), "This is an example message.\n");
    assert_eq!(note.to_string(), EXAMPLE);
    let verified = note.verify(&[EXAMPLE_KEY.parse().unwrap()]).unwrap();
    assert_eq!((verified[0].id, verified[0].timestamp), (0x530d_903a, None));
    assert_eq!(verified[0].kind, SignatureType::Ed25519);
}

#[test]
fn strange_texts_are_texts() {
    let signer = log_signer();
    for text in ["\n", "a\n\n\n", "a\n\n— b c\n\nd\n", "— not.a.signature AAAA\n", "ї \u{2003}\u{7f}\n"] {
        let note = Note::sign(text, &[&signer]).unwrap().to_string();
        let read = Note::parse(&note).unwrap();
        assert_eq!(read.text(), text);
        assert!(read.verify(&[signer.verifier()]).is_ok());
    }
    for (text, error) in [
        ("", NoteError::TextEnd),
        ("a", NoteError::TextEnd),
        ("a\r\n", NoteError::ControlCharacter),
        ("a\0\n", NoteError::ControlCharacter),
    ] {
        assert_eq!(Note::sign(text, &[&signer]), Err(error), "{text:?}");
    }
    assert_eq!(Note::sign("a\n", &[]), Err(NoteError::NoSignatureBlock));
    assert_eq!(Note::sign("a\n", &[&witness()]), Err(NoteError::WrongSignerType));
    assert_eq!(Note::sign(&"a\n".repeat(1 << 19), &[&signer]), Err(NoteError::TooLarge));
}

#[test]
fn malformed_notes() {
    use NoteError::{ControlCharacter, NoSignatureBlock, SignatureLine};
    let line = EXAMPLE.split_once("\n\n").unwrap().1;
    for (note, error) in [
        (String::new(), NoSignatureBlock),
        ("text\n".into(), NoSignatureBlock),
        ("text\n\n".into(), NoSignatureBlock),
        (format!("text\n{line}"), NoSignatureBlock),
        (format!("text\n\n{}", line.trim_end()), NoSignatureBlock),
        (format!("{EXAMPLE}\n"), NoSignatureBlock),
        (EXAMPLE.replace('\n', "\r\n"), ControlCharacter),
        (EXAMPLE.replace("This", "This\t"), ControlCharacter),
        (EXAMPLE.replace("— ", "- "), SignatureLine),
        (EXAMPLE.replace("— ", "—"), SignatureLine),
        (EXAMPLE.replace("— ", "—  "), SignatureLine),
        (EXAMPLE.replace("foo ", "foo  "), SignatureLine),
        (EXAMPLE.replace("foo ", "foo+"), SignatureLine),
        (EXAMPLE.replace("foo ", "fo+o "), SignatureLine),
        (EXAMPLE.replace("foo ", "fo\u{a0}o "), SignatureLine),
        (EXAMPLE.replace("aQM=", "aQM"), SignatureLine),
        (EXAMPLE.replace("aQM=", "aQN="), SignatureLine),
        (EXAMPLE.replace("aQM=", "aQM= "), SignatureLine),
        (EXAMPLE.replace("aQM=", "aQM=\nx"), SignatureLine),
        ("text\n\n— name Uw2QOg==\n".into(), SignatureLine),
        ("text\n\n— name Uw2Q\n".into(), SignatureLine),
        (format!("text\n\n{}", line.repeat(101)), NoteError::TooLarge),
        (format!("{}\n\n{line}", "x".repeat(1 << 20)), NoteError::TooLarge),
    ] {
        assert_eq!(Note::parse(&note), Err(error), "{note:.80?}");
    }
    assert_eq!(Note::parse(&format!("text\n\n{}", line.repeat(100))).unwrap().signatures().len(), 100);
}

#[test]
fn a_changed_text_or_signature_of_a_known_key_fails() {
    let known: [Verifier; 1] = [EXAMPLE_KEY.parse().unwrap()];
    let bad = Err(NoteError::BadSignature("example.com/foo".into()));
    let changed = EXAMPLE.replace("example message", "exemple message");
    assert_eq!(Note::parse(&changed).unwrap().verify(&known), bad);
    let changed = EXAMPLE.replace("Okn8", "Okn9");
    assert_eq!(Note::parse(&changed).unwrap().verify(&known), bad);
    // A signature of the wrong length, also when a right one stands above it.
    let changed = format!("{EXAMPLE}— example.com/foo Uw2QOkk=\n");
    assert_eq!(Note::parse(&changed).unwrap().verify(&known), bad);
}

#[test]
fn unknown_signatures_are_ignored_and_each_key_counts_once() {
    let (log, other) = (log_signer(), Signer::ed25519("other.example", &[9; 32]).unwrap());
    let note = Note::sign("text\n", &[&other, &log, &log]).unwrap();
    let verified = note.verify(&[witness().verifier(), log.verifier()]).unwrap();
    assert_eq!(verified.len(), 1);
    assert_eq!((verified[0].name.as_str(), verified[0].verifier), (ORIGIN, 1));
    assert_eq!(note.verify(&[log.verifier(), other.verifier()]).unwrap().len(), 2);
    // The same key twice in the list is one key.
    assert_eq!(note.verify(&[log.verifier(), log.verifier()]).unwrap().len(), 1);

    // Of the known name alone, or of the known id alone, it is still unknown.
    let renamed = Signer::ed25519(ORIGIN, &[8; 32]).unwrap();
    assert_eq!(note.verify(&[renamed.verifier()]), Err(NoteError::NoKnownSignature));
    let moved = note.to_string().replace(ORIGIN, "elsewhere.example");
    let moved = Note::parse(&moved).unwrap();
    assert_eq!(moved.verify(&[log.verifier()]), Err(NoteError::NoKnownSignature));
    assert_eq!(note.verify(&[]), Err(NoteError::NoKnownSignature));
}

#[test]
fn two_known_keys_of_one_name_and_id_are_refused() {
    // Found by trying: key ids have 32 bits only, so two seeds among some hundred thousand share one.
    let [a, b] = [68_723u32, 147_353].map(|number| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        Signer::ed25519("twin.example", &seed).unwrap()
    });
    assert_eq!(a.id(), b.id());
    assert_ne!(a.verifier(), b.verifier());
    let note = Note::sign("text\n", &[&a]).unwrap();
    assert_eq!(note.verify(&[a.verifier()]).unwrap().len(), 1);
    let bad = NoteError::BadSignature("twin.example".into());
    assert_eq!(note.verify(&[b.verifier()]), Err(bad));
    let ambiguous = NoteError::AmbiguousKeys("twin.example".into());
    assert_eq!(note.verify(&[a.verifier(), b.verifier()]), Err(ambiguous));
}

#[test]
fn a_note_cannot_grow_beyond_what_is_read() {
    let log = log_signer();
    let mut note = Note::sign("text\n", &[&log]).unwrap();
    let line = note.signatures()[0].clone();
    for _ in 1..100 {
        note.add(line.clone()).unwrap();
    }
    assert_eq!(note.add(line), Err(NoteError::TooLarge));
    assert!(Note::parse(&note.to_string()).is_ok());
}

// ---- tlog-checkpoint

#[test]
fn a_checkpoint_and_its_text() {
    let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let checkpoint = Checkpoint::parse(text).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.body(), text);
    let spaced = text.replace("example.com", "go.sum database");
    assert_eq!(Checkpoint::parse(&spaced).unwrap().body(), spaced);
}

#[test]
fn malformed_checkpoints() {
    use CheckpointError::{Lines, Origin, Root, Size};
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (text, error) in [
        (String::new(), Lines),
        (format!("o\n1\n{root}"), Lines),
        (format!("o\n1\n{root}\n\n"), Lines),
        (format!("o\n1\n{root}\nextension\n"), Lines),
        (format!("\no\n1\n{root}\n"), Lines),
        ("o\n1\n".into(), Lines),
        (format!("\n1\n{root}\n"), Origin),
        (format!("o\r\n1\r\n{root}\r\n"), Origin),
        (format!("o\to\n1\n{root}\n"), Origin),
        (format!("o\n01\n{root}\n"), Size),
        (format!("o\n00\n{root}\n"), Size),
        (format!("o\n+1\n{root}\n"), Size),
        (format!("o\n-1\n{root}\n"), Size),
        (format!("o\n 1\n{root}\n"), Size),
        (format!("o\n1 \n{root}\n"), Size),
        (format!("o\n1\r\n{root}\n"), Size),
        (format!("o\n0x1\n{root}\n"), Size),
        (format!("o\n\n{root}\n"), Size),
        (format!("o\n18446744073709551616\n{root}\n"), Size),
        ("o\n1\n\n".into(), Root),
        (format!("o\n1\n{root} \n"), Root),
        (format!("o\n1\n{root}\r\n"), Root),
        (format!("o\n1\n{}\n", &root[..43]), Root),
        (format!("o\n1\n{}\n", root.replace("q2I=", "q2J=")), Root),
        (format!("o\n1\n{}\n", root.replace("q2I=", "q2IA")), Root),
        (format!("o\n1\n{}\n", root.replace("CsUY", "")), Root),
        (format!("o\n1\n{}\n", root.replace('/', "_")), Root),
    ] {
        assert_eq!(Checkpoint::parse(&text), Err(error), "{text:?}");
    }
}

#[test]
fn who_may_sign_a_checkpoint() {
    let signed = checkpoint().sign(&log_signer()).unwrap();
    assert_eq!(checkpoint().sign(&log_signer()).unwrap(), signed);
    let other = Signer::ed25519("other.example", &[1; 32]).unwrap();
    assert_eq!(checkpoint().sign(&other), Err(CheckpointError::OtherSigner("other.example".into())));
    let cosigner = Signer::cosigner(ORIGIN, &[1; 32]).unwrap();
    assert_eq!(checkpoint().sign(&cosigner), Err(NoteError::WrongSignerType.into()));
    let two_lines = Checkpoint { origin: "a\nb".into(), ..checkpoint() };
    assert_eq!(two_lines.sign(&log_signer()), Err(CheckpointError::Lines));
    let nameless = Checkpoint { origin: String::new(), ..checkpoint() };
    assert_eq!(nameless.sign(&log_signer()), Err(CheckpointError::Origin));
}

#[test]
fn opening_a_checkpoint() {
    let (log, witness) = (log_signer().verifier(), witness().verifier());
    let signed = cosigned().to_string();
    let (read, signatures) = Checkpoint::open(&signed, &[log.clone(), witness.clone()], ORIGIN).unwrap();
    assert_eq!(read, checkpoint());
    assert_eq!(signatures.len(), 2);

    assert_eq!(Checkpoint::open(&signed, std::slice::from_ref(&witness), ORIGIN), Err(CheckpointError::NoLogSignature));
    assert_eq!(Checkpoint::open(&signed, std::slice::from_ref(&log), "other.example"), Err(CheckpointError::OtherOrigin(ORIGIN.into())));
    assert_eq!(
        Checkpoint::open(&signed.replace("\n300\n", "\n301\n"), std::slice::from_ref(&log), ORIGIN),
        Err(NoteError::BadSignature(ORIGIN.into()).into())
    );
    // A cosigner that bears the log's name is still none of the log's keys.
    let namesake = Signer::cosigner(ORIGIN, &[5; 32]).unwrap();
    let mut cosigned = Note::parse(&signed).unwrap();
    cosigned.cosign(&namesake, 1).unwrap();
    assert_eq!(Checkpoint::open(&cosigned.to_string(), &[namesake.verifier()], ORIGIN), Err(CheckpointError::NoLogSignature));
    // Another key under the log's name is unknown; another log's key is not this log's.
    let other = Signer::ed25519("other.example", &[4; 32]).unwrap();
    let by_other = Note::sign(&checkpoint().body(), &[&other]).unwrap().to_string();
    assert_eq!(Checkpoint::open(&by_other, &[log.clone(), other.verifier()], ORIGIN), Err(CheckpointError::NoLogSignature));
    let extended = format!("{}extension\n", checkpoint().body());
    let extended = Note::sign(&extended, &[&log_signer()]).unwrap().to_string();
    assert_eq!(Checkpoint::open(&extended, &[log], ORIGIN), Err(CheckpointError::Lines));
}

#[test]
fn two_log_keys_may_overlap() {
    let (old, new) = (log_signer(), Signer::ed25519(ORIGIN, &[7; 32]).unwrap());
    let both = Note::sign(&checkpoint().body(), &[&old, &new]).unwrap().to_string();
    for known in [vec![old.verifier()], vec![new.verifier()], vec![old.verifier(), new.verifier()]] {
        let (_, signatures) = Checkpoint::open(&both, &known, ORIGIN).unwrap();
        assert_eq!(signatures.len(), known.len());
    }
}

// ---- tlog-cosignature

#[test]
fn a_cosignature_is_what_the_specification_says() {
    let note = cosigned();
    let line = &note.signatures()[1];
    assert_eq!((line.name(), line.id()), ("witness.example/w1", witness().id()));
    assert_eq!(line.bytes().len(), 72);
    assert_eq!(line.bytes()[..8], 1_679_315_147u64.to_be_bytes());
    // The message written out by hand, checked with a plain Ed25519 implementation.
    let message = format!("cosignature/v1\ntime 1679315147\n{}", note.text());
    let key = ed25519_dalek::VerifyingKey::from_bytes(witness().verifier().public_key()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&line.bytes()[8..]).unwrap();
    key.verify_strict(message.as_bytes(), &signature).unwrap();

    let verified = note.verify(&[witness().verifier()]).unwrap();
    assert_eq!(verified[0].timestamp, Some(1_679_315_147));
    assert_eq!(verified[0].kind, SignatureType::CosignatureV1);
}

#[test]
fn a_witness_answer_is_added_as_a_line() {
    let mut theirs = Note::parse(&checkpoint().sign(&log_signer()).unwrap()).unwrap();
    let mut mine = theirs.clone();
    let line = theirs.cosign(&witness(), 1_679_315_147).unwrap().to_string();
    mine.add(line.parse().unwrap()).unwrap();
    assert_eq!(mine, cosigned());
    assert_eq!(line.trim_end().parse::<NoteSignature>().unwrap(), mine.signatures()[1]);
    for bad in ["", "\n", &format!("{line}\n"), &line.replace("— ", "")] {
        assert_eq!(bad.parse::<NoteSignature>(), Err(NoteError::SignatureLine), "{bad:?}");
    }
}

#[test]
fn cosignatures_that_cannot_be_made() {
    let mut note = cosigned();
    let before = note.clone();
    assert_eq!(note.cosign(&log_signer(), 1), Err(NoteError::WrongSignerType));
    assert_eq!(note.cosign(&witness(), 1 << 63), Err(NoteError::Timestamp));
    assert_eq!(note, before);
    note.cosign(&witness(), (1 << 63) - 1).unwrap();
    let mut other = Note::sign("no checkpoint\n", &[&log_signer()]).unwrap();
    assert_eq!(other.cosign(&witness(), 1), Err(NoteError::NotACheckpoint));
}

#[test]
fn a_genuine_signature_over_a_time_out_of_range_is_refused() {
    use ed25519_dalek::Signer as _;
    let key = ed25519_dalek::SigningKey::from_bytes(&[2; 32]);
    for (time, holds) in [((1u64 << 63) - 1, true), (1 << 63, false)] {
        let text = checkpoint().body();
        let message = format!("cosignature/v1\ntime {time}\n{text}");
        let mut bytes = witness().id().to_be_bytes().to_vec();
        bytes.extend(time.to_be_bytes());
        bytes.extend(key.sign(message.as_bytes()).to_bytes());
        let note = format!("{text}\n— witness.example/w1 {}\n", STANDARD.encode(bytes));
        let verdict = Note::parse(&note).unwrap().verify(&[witness().verifier()]);
        assert_eq!(verdict.is_ok(), holds, "{time}");
    }
}

#[test]
fn a_cosignature_holds_for_one_time_and_one_checkpoint() {
    let known = [witness().verifier()];
    let line = cosigned().signatures()[1].to_string();
    // The first base64 characters are key id and time: 1679315147 → 1679315146.
    let at = line.rfind(' ').unwrap() + 1;
    let (head, body) = line.split_at(at);
    let earlier = {
        let mut other = cosigned();
        let line = other.cosign(&witness(), 1_679_315_146).unwrap().to_string();
        line[at..at + 16].to_owned()
    };
    let moved = format!("{head}{earlier}{}", &body[16..]);
    let mut note = Note::parse(&checkpoint().sign(&log_signer()).unwrap()).unwrap();
    note.add(moved.parse().unwrap()).unwrap();
    assert!(note.verify(&known).is_err());

    let other = Checkpoint { size: 301, ..checkpoint() }.sign(&log_signer()).unwrap();
    let mut other = Note::parse(&other).unwrap();
    other.add(line.parse().unwrap()).unwrap();
    assert_eq!(other.verify(&known), Err(NoteError::BadSignature("witness.example/w1".into())));
}

// ---- tlog-proof

fn proof(size: u64, index: u64) -> (TlogProof, Hash) {
    let log = MemoryLog::counted(size);
    let checkpoint = Checkpoint { origin: ORIGIN.into(), size, root: log.tree.root() };
    let mut note = Note::parse(&checkpoint.sign(&log_signer()).unwrap()).unwrap();
    note.cosign(&witness(), 1_700_000_000).unwrap();
    let proof = inclusion_proof(index, size, &log.tiles()).unwrap();
    let proof = TlogProof { index, proof, checkpoint: note.to_string(), extra: None };
    (proof, log.leaves[index as usize])
}

fn known() -> Vec<Verifier> {
    vec![log_signer().verifier(), witness().verifier()]
}

#[test]
fn a_proof_holds_for_its_leaf_and_log_only() {
    let (proof, leaf) = proof(300, 7);
    let proof = TlogProof::parse(&proof.to_string()).unwrap();
    let (read, signatures) = proof.verify_with_signatures(&leaf, &known(), ORIGIN).unwrap();
    assert_eq!((read.size, signatures.len()), (300, 2));
    assert_eq!(proof.verify(&leaf, &known(), ORIGIN), Ok(read));

    assert_eq!(proof.verify(&Hash::leaf(b"other"), &known(), ORIGIN), Err(ProofError::RootMismatch.into()));
    let moved = TlogProof { index: 8, ..proof.clone() };
    assert_eq!(moved.verify(&leaf, &known(), ORIGIN), Err(ProofError::RootMismatch.into()));
    let beyond = TlogProof { index: 300, ..proof.clone() };
    assert_eq!(beyond.verify(&leaf, &known(), ORIGIN), Err(ProofError::IndexOutOfRange { index: 300, size: 300 }.into()));
    assert_eq!(proof.verify(&leaf, &known(), "other.example"), Err(CheckpointError::OtherOrigin(ORIGIN.into()).into()));
    assert_eq!(proof.verify(&leaf, &known()[1..], ORIGIN), Err(CheckpointError::NoLogSignature.into()));
}

#[test]
fn the_text_of_a_proof() {
    let (mut proof, leaf) = proof(2, 1);
    proof.extra = Some(b"age".to_vec());
    let text = proof.to_string();
    let expected = format!("c2sp.org/tlog-proof@v1\nextra YWdl\nindex 1\n{}\n\n{}", proof.proof[0], proof.checkpoint);
    assert_eq!(text, expected);
    let read = TlogProof::parse(&text).unwrap();
    assert_eq!(read, proof);
    assert!(read.verify(&leaf, &known(), ORIGIN).is_ok());
    // The only leaf of a tree needs no hashes.
    let (single, leaf) = self::proof(1, 0);
    let read = TlogProof::parse(&single.to_string()).unwrap();
    assert!(read.proof.is_empty() && read.verify(&leaf, &known(), ORIGIN).is_ok());
}

#[test]
fn malformed_proofs() {
    use TlogProofError::{Extra, Hashes, Header, Index, TooLarge};
    let (mut proof, _) = proof(300, 7);
    proof.extra = Some(b"age".to_vec());
    let text = proof.to_string();
    let hash = proof.proof[0].to_string();
    for (text, error) in [
        (String::new(), Header),
        (text.replace("@v1", "@v2"), Header),
        (text.replace("@v1\n", "@v1\r\n"), Header),
        (format!("\n{text}"), Header),
        (text.replace("YWdl", "YWd"), Extra),
        (text.replace("YWdl", "YWdl "), Extra),
        (text.replace("extra YWdl", "extra"), Index),
        (text.replace("extra YWdl\n", "extra YWdl\nextra YWdl\n"), Index),
        (text.replace("index 7", "index 07"), Index),
        (text.replace("index 7", "index +7"), Index),
        (text.replace("index 7", "index 7\r"), Index),
        (text.replace("index 7", "index  7"), Index),
        (text.replace("index 7", "Index 7"), Index),
        (text.replace("index 7\n", ""), Index),
        (text.replace(&hash, &hash[..43]), Hashes),
        (text.replace(&hash, &format!("{hash}\r")), Hashes),
        (text.replace(&hash, "AAE="), Hashes),
        (text.replace(&format!("\n\n{ORIGIN}"), &format!("\n{ORIGIN}")), Hashes),
        (text.split("\n\n").next().unwrap().into(), Hashes),
        (text.replace(&hash, &vec![hash.as_str(); 66].join("\n")), TooLarge),
        (text.replace("YWdl", &"YWdl".repeat(1 << 19)), TooLarge),
        (text.replace(&format!("\n\n{ORIGIN}"), &format!("\n\n\n{ORIGIN}")), CheckpointError::Lines.into()),
        (text.replace("\n300\n", "\n0300\n"), CheckpointError::Size.into()),
        (format!("{text}\n"), NoteError::NoSignatureBlock.into()),
        (text.trim_end().into(), NoteError::NoSignatureBlock.into()),
    ] {
        assert_eq!(TlogProof::parse(&text), Err(error), "{text:.200?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_changed_byte_of_a_proof_is_noticed(at: prop::sample::Index, bit in 0..7u32) {
        let (proof, leaf) = proof(300, 7);
        let mut bytes = proof.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok(read) = TlogProof::parse(&text) {
            prop_assert_eq!(read.to_string(), text);
            // What may change is a signature line, so that it is of an unknown key; never both of them.
            if let Ok((read, signatures)) = read.verify_with_signatures(&leaf, &known(), ORIGIN) {
                prop_assert_eq!(read.size, 300);
                prop_assert_eq!(signatures.len(), 1);
            }
        }
    }

    #[test]
    fn readers_never_panic(text in "(?s).{0,200}", lines in "[ -~\n—]{0,200}") {
        for text in [text, lines] {
            let _ = (Note::parse(&text), Checkpoint::parse(&text), text.parse::<Verifier>());
            let _ = (tlog::TileId::parse_path(&text), text.parse::<NoteSignature>());
            let proof = format!("c2sp.org/tlog-proof@v1\nindex 0\n{text}");
            let _ = (TlogProof::parse(&text), TlogProof::parse(&proof), tlog::decode_bundle(text.as_bytes()));
        }
    }
}
