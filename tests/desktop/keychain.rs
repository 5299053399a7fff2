use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

use crate::{Desktop, Error, PATIENCE, Program, eventually};

const SERVICE: &str = "org.freedesktop.secrets";
const SERVICE_PATH: &str = "/org/freedesktop/secrets";

/// The real gnome-keyring. Dropping it is its crash; what it stores stays in the desktop's home folder, for the next.
///
/// Nobody is there to answer its prompts, so a program that asks for one sees it dismissed.
#[derive(Debug)]
pub struct Keychain {
    bus: Connection,
    password: String,
    _daemon: Program,
}

impl Keychain {
    /// Starts it, unlocked with a password, which becomes its password if it is new.
    pub fn start(desktop: &Desktop, password: &str) -> Result<Self, Error> {
        let control = desktop.runtime_folder().join("keyring");
        let mut command = desktop.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets", "--control-directory"]);
        let daemon = desktop.spawn_with_input(command.arg(control), password)?;
        let keychain = Self { bus: desktop.bus().clone(), password: password.to_owned(), _daemon: daemon };
        eventually("an unlocked keychain", PATIENCE, || (!keychain.is_locked().ok()?).then_some(()))?;
        Ok(keychain)
    }

    /// Whether its default collection is locked.
    pub fn is_locked(&self) -> Result<bool, Error> {
        let collection = self.default_collection()?;
        let interface = "org.freedesktop.Secret.Collection";
        Ok(Proxy::new(&self.bus, SERVICE, collection, interface)?.get_property("Locked")?)
    }

    /// Locks its default collection.
    pub fn lock(&self) -> Result<(), Error> {
        let collection = self.default_collection()?;
        let _locked: (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.service()?.call("Lock", &(vec![collection],))?;
        Ok(())
    }

    /// Unlocks its default collection with its password.
    pub fn unlock(&self) -> Result<(), Error> {
        let (_, session): (zbus::zvariant::OwnedValue, OwnedObjectPath) =
            self.service()?.call("OpenSession", &("plain", zbus::zvariant::Value::from("")))?;
        let secret = (session, Vec::<u8>::new(), self.password.as_bytes(), "text/plain");
        // gnome-keyring's own way past its prompt; the Secret Service has none.
        let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        let () = Proxy::new(&self.bus, SERVICE, SERVICE_PATH, interface)?
            .call("UnlockWithMasterPassword", &(self.default_collection()?, secret))?;
        Ok(())
    }

    fn default_collection(&self) -> Result<OwnedObjectPath, Error> {
        let collection: OwnedObjectPath = self.service()?.call("ReadAlias", &("default",))?;
        if collection.as_ref() == ObjectPath::from_static_str_unchecked("/") {
            return Err(
                zbus::fdo::Error::UnknownObject("the keychain has no default collection".into()).into()
            );
        }
        Ok(collection)
    }

    fn service(&self) -> Result<Proxy<'_>, Error> {
        Ok(Proxy::new(&self.bus, SERVICE, SERVICE_PATH, "org.freedesktop.Secret.Service")?)
    }
}
