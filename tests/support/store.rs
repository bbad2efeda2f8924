//! Where the product keeps files in a test: a folder, or a bucket of a real store.

use std::path::{Path, PathBuf};

use reqwest::Method;

use crate::garage::{BUCKET, KEYS};

/// Where a store is that speaks S3. When it is set, every app keeps its files there that does not say where.
pub const STORE: &str = "GUILDHALL_TEST_STORE";

/// What an app keeps its files in.
#[derive(Clone, Debug)]
pub enum Store {
    /// A folder.
    Folder(PathBuf),
    /// A part of the bucket of a store that is run by [`Garage`](crate::Garage).
    Bucket {
        /// Where it is.
        url: String,
        /// What stands before each key.
        prefix: String,
    },
}

impl Store {
    /// A folder below `home`, or else what the environment says; `name` is the app's own.
    pub(crate) fn new(home: &Path, name: &str) -> Self {
        match std::env::var(STORE) {
            Ok(url) => Self::Bucket { url, prefix: name.into() },
            Err(_) => Self::Folder(home.join("kept")),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    /// What the app is told of it.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let all = match self {
            Self::Folder(folder) => vec![("media.folder", folder.display().to_string())],
            Self::Bucket { url, prefix } => vec![
                ("media.storage", "s3".into()),
                ("media.s3.endpoint", url.clone()),
                ("media.s3.region", KEYS.region.into()),
                ("media.s3.bucket", BUCKET.into()),
                ("media.s3.prefix", prefix.clone()),
                ("media.s3.access_key", KEYS.access.into()),
                ("media.s3.secret_key", KEYS.secret.into()),
            ],
        };
        all.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    }

    /// The keys of all objects, in their order.
    pub fn keys(&self) -> Vec<String> {
        match self {
            Self::Folder(folder) => below(folder),
            Self::Bucket { prefix, .. } => {
                let before = format!("{prefix}/");
                let query = [("list-type", "2"), ("prefix", before.as_str())];
                let (status, list) = self.ask(Method::GET, "", &query, Vec::new());
                assert_eq!(status, 200, "{list}");
                let keys = list.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
                keys.map(|key| key.strip_prefix(&before).expect("one of ours").to_string()).collect()
            }
        }
    }

    /// Puts an object there behind the product's back.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(key);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(path, bytes).expect("a file");
            }
            Self::Bucket { .. } => assert_eq!(self.ask(Method::PUT, key, &[], bytes.to_vec()).0, 200),
        }
    }

    /// Removes an object behind the product's back.
    pub fn remove(&self, key: &str) {
        match self {
            Self::Folder(folder) => std::fs::remove_file(folder.join(key)).expect("a file"),
            Self::Bucket { .. } => assert_eq!(self.ask(Method::DELETE, key, &[], Vec::new()).0, 204),
        }
    }

    /// Asks the bucket, from a thread of its own: tests look at files between other things.
    fn ask(&self, method: Method, key: &str, query: &[(&str, &str)], body: Vec<u8>) -> (u16, String) {
        let Self::Bucket { url, prefix } = self else { panic!("a folder is not asked") };
        let path = match key {
            "" => format!("/{BUCKET}"),
            key => format!("/{BUCKET}/{prefix}/{key}"),
        };
        let address = KEYS.address(method.as_str(), url, &path, query);
        let asking = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let http = crate::http().no_proxy().timeout(crate::PATIENCE * 2).build().expect("a client");
                let answer = http.request(method, address).body(body).send().await.expect("an answer");
                (answer.status().as_u16(), answer.text().await.expect("a body"))
            })
        });
        asking.join().expect("an answer")
    }
}

/// The files below a folder, by their paths in it.
pub(crate) fn below(root: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        // One that nothing was put into yet is not there.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                let path = entry.path();
                found.push(path.strip_prefix(root).unwrap_or(&path).display().to_string());
            }
        }
    }
    found.sort();
    found
}
