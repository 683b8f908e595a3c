fn main() {
    let n = std::env::args().nth(1).map_or(2000, |n| n.parse().unwrap());
    for line in litopys::bench::probe(n, 3).unwrap() { println!("{line}"); }
}
