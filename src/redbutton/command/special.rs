//! Tools whose arguments have a language of their own: SQL, HTTP, refspecs, scripts.

use super::{
    Word, databases, git, http, network, programs, python, reading, scripts, storage, tar,
    verdict::{Part, allowed},
};

/// Judges a tool that has its own rules; `None` leaves it to the table.
pub(super) fn judge(name: &str, arguments: &[Word], command: &str) -> Option<Part> {
    match name {
        "psql" | "mysql" | "mariadb" | "sqlite3" | "clickhouse-client" | "sqlcmd" | "cockroach"
        | "influx" | "cqlsh" => Some(databases::sql(name, arguments, command)),
        "redis-cli" | "valkey-cli" | "keydb-cli" => Some(databases::redis(arguments, command)),
        "mongosh" | "mongo" => Some(databases::mongo(arguments, command)),
        "curl" | "http" | "https" | "xh" => Some(http::curl(name, arguments, command)),
        "wget" => Some(http::wget(arguments, command)),
        "gh" => http::api(arguments, command),
        "git" => git::configured(arguments, command).or_else(|| git::push(arguments, command)),
        "sed" | "gsed" => Some(scripts::sed(arguments, command)),
        "awk" | "gawk" | "mawk" | "nawk" => Some(scripts::awk(arguments, command)),
        "yq" => Some(scripts::in_place(arguments, command)),
        "python" | "python3" => python::quiet(arguments, command)
            .or_else(|| Some(scripts::script(name, arguments, command))),
        "perl" | "ruby" | "node" | "php" | "lua" => Some(scripts::script(name, arguments, command)),
        "tar" => Some(tar::tar(arguments, command)),
        "unzip" | "zip" | "zipinfo" | "gunzip" | "gzip" | "xz" | "zstd" | "bunzip2" | "7z" => {
            Some(programs::pack(name, arguments, command))
        }
        "openssl" => Some(programs::openssl(arguments, command)),
        "kill" => Some(programs::kill(arguments, command)),
        "tee" => programs::tee(arguments, command),
        "unset" => Some(allowed(command, name)),
        "nc" | "ncat" | "netcat" | "telnet" | "socat" => {
            Some(network::connect(name, arguments, command))
        }
        "ip" | "nmcli" => network::objects(name, arguments, command),
        "wipefs" => storage::wipefs(arguments, command),
        "dd" => storage::dd(arguments, command),
        "midclt" => Some(storage::midclt(arguments, command)),
        "pvesh" => storage::pvesh(arguments, command),
        "parted" => storage::parted(arguments, command),
        "mount" => storage::mount(arguments, command),
        "umount" if arguments.is_empty() => Some(allowed(command, name)),
        "lvresize" | "lvextend" | "btrfs" | "qemu-img" | "qm" | "pct" | "rbd" => {
            storage::resize(name, arguments, command)
        }
        "fio" => storage::fio(arguments, command),
        _ => reading::judge(name, arguments, command),
    }
}
