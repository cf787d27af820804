//! Puts one setting of the allocator into the program; it has no other way in than C.

fn main() {
    println!("cargo::rerun-if-changed=src/allocator.c");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "unix") {
        for object in cc::Build::new()
            .file("src/allocator.c")
            .compile_intermediates()
        {
            println!("cargo::rustc-link-arg-bin=redbutton={}", object.display());
        }
    }
}
