import PixelMemory

extension OutputFile {
  /// Gives the new file the owner, mode and extended attributes of the one that it replaces.
  ///
  /// Only the mode must succeed. An owner can be given by root alone; what is lost is told.
  func takeOverMetadata(of replaced: FileStatus?) throws(OutputError) -> [String] {
    guard let replaced else { return [] }
    let number = number
    let own = try attributing(to: target.path) { () throws(SystemError) in
      try Syscalls.status(of: number)
    }
    var lost: [String] = []
    var mode = replaced.mode
    if own.group != replaced.group,
      (try? Syscalls.setOwner(of: number, to: nil, group: replaced.group)) == nil
    {
      lost.append("group")
      mode &= ~0o2000
    }
    if own.owner != replaced.owner,
      (try? Syscalls.setOwner(of: number, to: replaced.owner, group: nil)) == nil
    {
      lost.append("owner")
      // Another user's program must not become ours.
      mode &= ~0o4000
    }
    let names = attributeNames()
    let accessList = "system.posix_acl_access"
    if !names.contains(accessList) {
      // From the directory's default list.
      try? Syscalls.removeAttribute(accessList, of: number)
    }
    // After the owner: a change of that takes the set-id bits away.
    try attributing(to: target.path) { () throws(SystemError) in
      try Syscalls.setMode(of: number, to: mode)
    }
    for name in names where !takeOverAttribute(name) { lost.append(name) }
    return lost
  }

  private var replacedPath: String { "\(target.directory)/\(target.name)" }

  /// Labels that vouch for the old bytes are not for the new ones.
  private func attributeNames() -> [String] {
    let vouching = ["security.capability", "security.ima", "security.evm"]
    let names = (try? Syscalls.attributeNames(of: replacedPath)) ?? []
    return names.filter { !vouching.contains($0) }
  }

  private func takeOverAttribute(_ name: String) -> Bool {
    guard let value = try? Syscalls.attribute(name, of: replacedPath) else { return false }
    return (try? Syscalls.setAttribute(name, of: number, to: value)) != nil
  }
}
